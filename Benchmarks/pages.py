"""RESULTS.md and the table in the main README, made of what results.json holds."""

import argparse
from collections.abc import Iterable

from cases import CASES, Case, quick
from contenders import EXPLANATIONS
from figures import Target, table
from program import HERE, ROOT
from results import CaseResults, Results
from sections.digits import Digits
from sections.kernels import Kernels
from sections.large_data import LargeData
from sections.memory import Memory
from sections.network import OverNetwork
from sections.ranks import Ranks
from sections.scaling import Scaling
from sections.section import Section, Stored
from sections.uneven_cores import UnevenCores

SECTIONS: tuple[Section, ...] = (Kernels(), Scaling(), Ranks(), OverNetwork(), UnevenCores(), Digits(), LargeData(), Memory())
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
HEAD = (
    "# Results\n\nWritten by `Benchmarks/compare.py` and `Benchmarks/machine.py` from `results.json`; but for the section on causes, which is "
    "`causes.md`, nothing in it is typed by hand. A figure is a median over rounds, with the smallest and the largest in parentheses; ratios are taken within a round. Before each run of a "
    "case, and in the sections on kernels, on more workers and on more processes, the cores are looked at (`lockstep bench cores`) for some seconds, until nobody else uses them."
)
TESTED = (
    "What is no figure is held by tests: that the weights are the same bits on any number of workers and on AVX2 and AVX-512, and that one binary trains on CPUs "
    "without either (`Tests/TrainingTests/SameBitsTests.swift`, `Tests/CommandTests/OtherCPUTests.swift`)."
)
PEERS = (
    "## Beside today's libraries\n\nContenders run in turn; each ratio is taken within a round, against the fastest peer of that round, "
    "so it need not be the ratio of the medians beside it."
)


def write_pages(results: Results, options: argparse.Namespace) -> None:
    """RESULTS.md beside results.json; and README.md's table, unless the results go elsewhere."""
    cases = tuple(map(quick, CASES)) if options.quick else CASES
    results.file.parent.mkdir(parents=True, exist_ok=True)
    results.file.with_name("RESULTS.md").write_text(page(results, cases))
    if options.output == HERE:
        write_readme(results, cases)


def page(results: Results, cases: tuple[Case, ...]) -> str:
    measured = [case for case in results.measured(cases) if case.contenders]
    parts = [HEAD, conditions(results), all_targets(results, cases), (HERE / "causes.md").read_text().strip()]
    if measured:
        parts += [PEERS, summary(measured), explanations(name for case in measured for name in case.contenders), *(case.section() for case in measured)]
    for section in SECTIONS:
        if stored := results.section(section.name):
            parts += [f"## {section.title}", text(section, stored), results.section_origin(section.name)]
    return "\n\n".join(parts) + "\n"


def text(section: Section, stored: Stored) -> str:
    try:
        return section.text(stored)
    except KeyError as key:
        # Other sections' pages must not wait for it.
        return f"What is stored is of an earlier form of this section, without {key}; `--sections {section.name}` measures it anew."


def all_targets(results: Results, cases: tuple[Case, ...]) -> str:
    """Everything that was aimed at, in one table."""
    targets = targets_of(SECTIONS[:1], results) + [case.target() for case in results.measured(cases)] + targets_of(SECTIONS[1:], results)
    met, missed, open_ones = (sum(target.is_met is verdict for target in targets) for verdict in (True, False, None))
    count = f"{met} of {len(targets)} targets are met, {missed} missed" + (f", {open_ones} not measured yet." if open_ones else ".")
    rows = table(["figure", "measured", "target", "verdict"], [target.row for target in targets], words=(0, 1, 3))
    return f"## Every target\n\n{count}\n\n{rows}\n\n{TESTED}"


def targets_of(sections: tuple[Section, ...], results: Results) -> list[Target]:
    return [target for section in sections for target in section.targets(results.section(section.name))]


def summary(measured: list[CaseResults]) -> str:
    headings = ["work", "Lockstep", "fastest peer", "Lockstep by the fastest peer", "target", "verdict"]
    return table(headings, [case.summary_row() for case in measured], words=(0, 2, 5))


def explanations(contenders: Iterable[str]) -> str:
    """What their names mean."""
    names = list(contenders)
    return "\n".join(f"- *{part}*: {what}." for part, what in EXPLANATIONS.items() if any(part in name for name in names))


def conditions(results: Results) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in sorted(results.stored["versions"].items(), key=lambda item: item[0].lower()))
    said = f"Machine: {results.stored['machine']}. Two threads, Adam 0.001 and MNIST where nothing else is said."
    return f"{said} Versions: {versions}." if versions else said


def write_readme(results: Results, cases: tuple[Case, ...]) -> None:
    """Puts the summary between the two markers of README.md."""
    readme = ROOT / "README.md"
    text = readme.read_text()
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{readme}: the markers {BEGIN} and {END} are missing")
    before, rest = text.split(BEGIN, 1)
    measured = [case for case in results.measured(cases) if case.contenders]
    fastest = [name for case in measured for name in case.ranking()[:1]]
    parts = [BEGIN, summary(measured), explanations(fastest), conditions(results), END]
    readme.write_text(before + "\n\n".join(parts) + rest.split(END, 1)[1])
