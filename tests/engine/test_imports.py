"""What an import costs: a command that only shows its help must not wait for a neural network."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "sentence_transformers", "transformers", "jieba", "faiss", "flask", "opencc"}


@pytest.mark.parametrize(
    "module", ["server.engine", "server.engine.cli", "server.engine.presentation"]
)
def test_importing_the_engine_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-W", "error", "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert module in loaded
    assert HEAVY.isdisjoint(loaded)


def test_the_engine_names_its_public_parts() -> None:
    from server import engine

    assert {"Assistant", "Answer", "Decision"} <= set(engine.__all__)
    for name in engine.__all__:
        assert hasattr(engine, name)
