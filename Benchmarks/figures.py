"""How figures are written, and whether they meet their targets."""

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Writer = Callable[[float], str]


def times(value: float) -> str:
    return f"{value:.2f}×"


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def seconds(value: float) -> str:
    return f"{value:,.2f} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:,.1f} MB"


def kilobytes(value: float) -> str:
    return f"{value / 1e3:,.1f} kB"


def rate(value: float) -> str:
    """Samples a second."""
    return f"{value / 1e3:,.1f}k"


def round_number(text: str) -> str:
    """1.80× as 1.8×, 90.0 % as 90 %."""
    return re.sub(r"\.(\d*?)0+(?=\D)", lambda digits: f".{digits[1]}" if digits[1] else "", text)


def spread(values: Sequence[float], write: Writer, is_bold: bool = False) -> str:
    """Median and range, the latter without the unit; or the one value that there is."""
    middle = write(statistics.median(values))
    if is_bold:
        middle = f"**{middle}**"
    least, most = (re.sub(r"[^\dk]+$", "", write(value)) for value in (min(values), max(values)))
    return middle if len(values) == 1 else f"{middle} ({least}–{most})"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[int] = (0,)) -> str:
    """Markdown; the columns `words` stand to the left, the others, which are figures, to the right."""
    rules = ["---" if column in words else "---:" for column in range(len(headings))]
    lines = [list(headings), rules, *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@dataclass(frozen=True)
class Target:
    """A figure beside what was aimed at."""

    what: str
    figure: str
    goal: str
    is_met: bool | None
    """None where nothing was measured."""

    @property
    def verdict(self) -> str:
        return {True: "met", False: "**missed**", None: "not measured"}[self.is_met]

    @property
    def row(self) -> list[str]:
        return [self.what, self.figure, self.goal, self.verdict]


def at_least(what: str, goal: float, write: Writer, figures: Mapping[str, Sequence[float]]) -> Target:
    """Met when the median of each of the named figures is `goal` or more."""
    return _target(what, f"≥ {round_number(write(goal))}", write, figures, lambda median: median >= goal)


def at_most(what: str, goal: float, write: Writer, figures: Mapping[str, Sequence[float]]) -> Target:
    """Met when the median of each of the named figures is `goal` or less."""
    return _target(what, f"≤ {round_number(write(goal))}", write, figures, lambda median: median <= goal)


def _target(what: str, goal: str, write: Writer, figures: Mapping[str, Sequence[float]], is_met: Callable[[float], bool]) -> Target:
    measured = {name: values for name, values in figures.items() if values}
    if not measured:
        return Target(what, "–", goal, None)
    said = ", ".join(f"{name} {spread(values, write)}".strip() for name, values in measured.items())
    return Target(what, said, goal, len(measured) == len(figures) and all(is_met(statistics.median(values)) for values in measured.values()))
