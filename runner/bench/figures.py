"""One measured number, and what a machine can give at all."""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Figure:
    """`detail` says how it came about: enough to judge and to repeat it."""

    name: str
    value: float
    unit: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"figure": self.name, "value": round(self.value, 2), "unit": self.unit, "detail": dict(self.detail)}


def beside_load(figure: Figure) -> Figure:
    """With what else the machine had to do: its load over the last minute."""
    return replace(figure, detail={**figure.detail, "load_average": round(os.getloadavg()[0], 1)})


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed (nearest rank); raises `ValueError` for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def fsyncs_per_second(folder: Path, seconds: float = 1.0) -> float:
    """How often 8 kB can be made durable here: what bounds every commit."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            file.seek(0)
            file.write(b"x" * 8192)
            file.flush()
            os.fdatasync(file.fileno())
            done += 1
    return done / seconds


def memory_of_tree(process: psutil.Process) -> float:
    """MB in use by the process and all below it, shared pages counted once (PSS)."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6


def processor_times(process: psutil.Process) -> dict[int, float]:
    """Seconds of processor used so far, by process of the tree."""
    used = {}
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        used[one.pid] = times.user + times.system
    return used
