"""What every section can do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from figures import Target
from program import wait_for_free_cores


class LeftOut(Exception):
    """What a section needs is not here; the message says what."""


Stored = dict[str, Any]
"""A section's measurements, as they stand in results.json; empty before the first."""


@dataclass(frozen=True)
class Conditions:
    """What a measurement is made with."""

    binary: Path
    data: Path
    """Folder of the original MNIST files."""
    synthetic: Path
    """Folder for files of synthetic digits, kept for the next time."""
    rounds: int
    is_quick: bool
    """Only the working is shown: few rows, one round."""
    patience: float
    """Seconds to wait at most until nobody else uses the cores."""

    def wait_for_free_cores(self, workers: int | None = None) -> bool:
        return wait_for_free_cores(self.binary, self.patience, workers)


class Section(Protocol):
    name: str
    title: str

    def measure(self, conditions: Conditions) -> Stored: ...

    def targets(self, stored: Stored) -> list[Target]:
        """All of the section's, also where nothing was measured yet."""
        ...

    def text(self, stored: Stored) -> str:
        """What RESULTS.md says below the title, of measurements that are there."""
        ...
