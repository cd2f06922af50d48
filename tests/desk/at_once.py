"""Runs one piece of code in several processes at the same moment."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_COUNT = 3
# The imports take each process its own time: the code begins when all of them have made theirs.
_WAITING = """
import sys
print("ready", flush=True)
sys.stdin.readline()
"""


def at_once(imports: str, code: str, argument: str) -> list[tuple[int, str, str]]:
    """Run `code` after `imports`; return each process's exit status, output and errors.

    `argument` is sys.argv[1].
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", f"{imports}\n{_WAITING}\n{code}", argument],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(_COUNT)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n", process.communicate(timeout=120)[1]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in processes]
    return [(p.returncode, *told) for p, told in zip(processes, said, strict=True)]
