"""Data, timing and reporting that the benchmarks share."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.progress import finish

DATA_FOLDER = Path(
    os.environ.get("VAE_DATASETS", Path(__file__).parents[2] / "shared" / "datasets")
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the report: what was measured, against what, and whether the target holds."""

    key: str
    text: str
    measured: str
    reference: str
    ratio: float
    target: str
    held: bool


def mnist() -> ImageData:
    """The real MNIST; ends the benchmark with a sentence where it is missing."""
    if not DATASETS["mnist"].find(DATA_FOLDER):
        sys.exit(f"MNIST is not in {DATA_FOLDER}: set VAE_DATASETS to the folder where it is.")
    return finish(DATASETS["mnist"].load(DATA_FOLDER, False))


def alternate(
    first: Callable[[], float], second: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """Medians of two measurements taken in turn, so that a noisy machine disturbs both alike."""
    pairs = [(first(), second()) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
