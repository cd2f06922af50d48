"""Opens ONNX Runtime, which must send nothing home."""

import os
from typing import Any


def runtime() -> Any:
    """Return the module onnxruntime, its telemetry off.

    Newer releases report to their maker over the network, and write to the folder for temporary
    files, from their import on. The project asks for one that cannot; whoever has a newer one all
    the same gets it with `ORT_DISABLE_TELEMETRY` set (Privacy.md in its package).
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: PLC0415 - not before

    return onnxruntime
