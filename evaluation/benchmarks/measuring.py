"""What every benchmark needs: percentiles, memory, and a result file that says what it ran on."""

import json
import os
import platform
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median and the 99th percentile in milliseconds."""
    p50, p99 = np.percentile(np.array(seconds) * 1000, [50, 99])
    return {"p50_ms": round(float(p50), 3), "p99_ms": round(float(p99), 3)}


def peak_memory_mib() -> int:
    """Return the most memory that this process has held, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def write(name: str, values: dict[str, Any]) -> Path:
    """Write a benchmark's result with the machine it ran on, and return the file."""
    machine = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
    }
    file = RESULTS / f"{name}.json"
    text = json.dumps({"machine": machine, **values}, indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")
    return file
