"""What was measured so far, in a file that every run is added to, and what it says of a case."""

import json
import os
import platform
import statistics
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cases import Case
from contenders import LOCKSTEP, Contender, Run
from figures import Target, at_least, rate, seconds, spread, times


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{model}, {os.cpu_count()} CPUs"


def origin(stored: dict[str, Any]) -> str:
    """With which build something was measured, and on which machine, if not on that of all."""
    return f"Measured with Lockstep {stored['lockstep']}" + (f" on another machine, {stored['machine']}." if "machine" in stored else ".")


class CaseResults:
    """The runs of one case, by contender and round."""

    def __init__(self, case: Case, stored: dict[str, Any]) -> None:
        self.case, self.stored = case, stored

    @property
    def contenders(self) -> list[str]:
        return list(dict.fromkeys(run["contender"] for run in self.stored["runs"]))

    def values(self, contender: str, key: str = "value") -> list[float]:
        return [run[key] for run in self.stored["runs"] if run["contender"] == contender]

    def median(self, contender: str, key: str = "value") -> float:
        return statistics.median(self.values(contender, key))

    def has(self, contender: str, round_number: int) -> bool:
        return any(run["contender"] == contender and run["round"] == round_number for run in self.stored["runs"])

    def times_better(self, mine: float, other: float) -> float:
        """How often `mine` holds `other`: of rates, or of seconds the other way round."""
        return mine / other if self.case.measure == "rate" else other / mine

    def ranking(self) -> list[str]:
        """The peers, fastest first."""
        others = [name for name in self.contenders if name != LOCKSTEP]
        return sorted(others, key=self.median, reverse=self.case.measure == "rate")

    def ratios(self) -> list[float]:
        """Lockstep by the fastest peer of the same round, for each round that has both."""
        best = max if self.case.measure == "rate" else min
        rounds: dict[int, dict[str, float]] = {}
        for run in self.stored["runs"]:
            rounds.setdefault(run["round"], {})[run["contender"]] = run["value"]
        ratios = []
        for values in rounds.values():
            mine = values.pop(LOCKSTEP, None)
            if mine is not None and values:
                ratios.append(self.times_better(mine, best(values.values())))
        return ratios

    def is_out_of_band(self, contender: str) -> bool:
        middle = statistics.median(self.median(name, "accuracy") for name in self.contenders)
        return abs(self.median(contender, "accuracy") - middle) > self.case.band

    # What the tables say.

    def figure(self, value: float) -> str:
        return rate(value) if self.case.measure == "rate" else seconds(value)

    def verdict(self) -> str:
        """The ratio with its spread, and in words when it is a loss."""
        ratios = self.ratios()
        if not ratios:
            return "not measured"
        return spread(ratios, times, is_bold=True) + (", **Lockstep is slower**" if statistics.median(ratios) < 1 else "")

    def target(self) -> Target:
        what = {"rate": "training, {}: samples/s", "start-to-finish": "{}: time", "until-accuracy": "{}: time"}[self.case.measure].format(self.case.title)
        return at_least(f"{what}, by the fastest peer", self.case.target, times, {"": self.ratios()})

    def summary_row(self) -> list[str]:
        ranking, unit = self.ranking(), " samples/s" if self.case.measure == "rate" else ""
        mine = self.figure(self.median(LOCKSTEP)) + unit if LOCKSTEP in self.contenders else "–"
        peer = f"{self.figure(self.median(ranking[0]))}{unit}, {ranking[0]}" if ranking else "–"
        title = self.case.title + (f" (on {self.stored['machine']})" if "machine" in self.stored else "")
        return [title, mine, peer, self.verdict(), self.target().goal, self.target().verdict]

    def section(self) -> str:
        lines = [f"### {self.case.title[0].upper()}{self.case.title[1:]}", "", self.explanation(), ""]
        lines += ["| contender | " + " | ".join(self.headings()) + " |", "| --- |" + " ---: |" * len(self.headings())]
        names = ([LOCKSTEP] if LOCKSTEP in self.contenders else []) + self.ranking()
        lines += [self.row(name) for name in names]
        lines += ["", f"Lockstep by the fastest peer of each round: {self.verdict()}; target {self.target().goal}, {self.target().verdict}. {self.freedom()} {origin(self.stored)}"]
        if self.stored["absent"]:
            lines += ["", "Not measured: " + "; ".join(f"{name} ({reason})" for name, reason in sorted(self.stored["absent"].items())) + "."]
        return "\n".join(lines)

    def freedom(self) -> str:
        """On how many of the runs nobody else used the cores at the start."""
        known = [run["free"] for run in self.stored["runs"] if "free" in run]
        return f"When {sum(known)} of the {len(known)} runs began, nobody else used the cores." if known else "Nobody looked whether the cores were free."

    def explanation(self) -> str:
        rows = f"the first {self.case.rows:,} rows of the training files" if self.case.rows else "every row of the training files"
        said = {
            "rate": f"Samples a second: of a run the median of {self.stored['epochs']} timed epochs, after one that is not.",
            "start-to-finish": "Seconds from starting the process to its end: start-up, compilation, reading the files, one epoch, the test accuracy.",
            "until-accuracy": f"Seconds to a test accuracy of {self.case.accuracy:.0%}, looked at after each epoch: "
            "epochs times the median of an epoch with its check, so that compilation does not count. The whole process, which has all, stands beside.",
        }[self.case.measure]
        return f"{said} An epoch is {rows}{' with these digits' if self.case.classes else ''}. Median (smallest–largest) over the rounds."

    def headings(self) -> list[str]:
        unit = "samples/s" if self.case.measure == "rate" else "seconds"
        extra = ["epochs", "whole process"] if self.case.measure == "until-accuracy" else []
        return [unit, "Lockstep by it", *extra, "test accuracy", "rounds"]

    def row(self, name: str) -> str:
        ratio = f"{self.times_better(self.median(LOCKSTEP), self.median(name)):.2f}×" if LOCKSTEP in self.contenders else "–"
        extra = [f"{self.median(name, 'epochs'):g}", f"{self.median(name, 'process_seconds'):.2f} s"] if self.case.measure == "until-accuracy" else []
        accuracy = f"{self.median(name, 'accuracy'):.4f}" + (" **out of the band**" if self.is_out_of_band(name) else "")
        cells = [spread(self.values(name), self.figure), "" if name == LOCKSTEP else ratio, *extra, accuracy, str(len(self.values(name)))]
        return f"| {'**Lockstep**, 2 workers' if name == LOCKSTEP else name} | " + " | ".join(cells) + " |"


class Results:
    """The file of everything measured, `results.json`: on the machine that it names, but for the cases and sections that name another."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "results.json"
        empty = {"machine": machine(), "versions": {}, "cases": {}, "sections": {}}
        self.stored: dict[str, Any] = json.loads(self.file.read_text()) if self.file.exists() else empty

    def begin(self, case: Case, lockstep: str, resume: bool) -> CaseResults:
        """The case's results: empty, or as they were when resuming on the same machine."""
        if not resume or case.name not in self.stored["cases"] or self.machine_of(self.stored["cases"][case.name]) != machine():
            self.stored["cases"][case.name] = {"runs": [], "absent": {}, "epochs": case.epochs} | self.elsewhere()
        self.stored["cases"][case.name]["lockstep"] = lockstep
        self.stored["versions"]["Python"] = platform.python_version()
        return self.of(case)

    def elsewhere(self) -> dict[str, str]:
        """What a case or section says of its machine: nothing when it is that of all."""
        return {} if self.stored["machine"] == machine() else {"machine": machine()}

    def machine_of(self, stored: dict[str, Any]) -> str:
        return stored.get("machine", self.stored["machine"])

    def of(self, case: Case) -> CaseResults:
        return CaseResults(case, self.stored["cases"][case.name])

    def measured(self, cases: tuple[Case, ...]) -> list[CaseResults]:
        """Each of the cases, with no runs where it was not measured."""
        return [CaseResults(case, self.stored["cases"].get(case.name, {"runs": [], "absent": {}, "epochs": case.epochs})) for case in cases]

    def section(self, name: str) -> dict[str, Any]:
        """What a section of machine.py measured; empty when it did not."""
        return self.stored["sections"].get(name, {}).get("measured", {})

    def section_origin(self, name: str) -> str:
        return origin(self.stored["sections"][name])

    def keep_section(self, name: str, lockstep: str, measured: dict[str, Any]) -> None:
        self.stored["sections"][name] = {"lockstep": lockstep, "measured": measured} | self.elsewhere()
        self.save()

    def add(self, case: Case, contender: Contender, round_number: int, run: Run, are_free: bool) -> None:
        record = asdict(run)
        self.stored["versions"] |= record.pop("versions")
        stored = self.stored["cases"][case.name]
        stored["runs"].append({"contender": contender.name, "round": round_number, "free": are_free, **record})
        stored["absent"].pop(contender.name, None)
        self.save()

    def leave_out(self, case: Case, contender: Contender, reason: str) -> None:
        self.stored["cases"][case.name]["absent"][contender.name] = reason
        self.save()

    def save(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".partial")
        partial.write_text(json.dumps(self.stored, indent=1, ensure_ascii=False) + "\n")
        partial.replace(self.file)
