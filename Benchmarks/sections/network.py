"""Two hosts and what lies between them: what the exchange of a step takes over links of a rate, how much of it is hidden, and whether the model of more ranks says so, too.

As root, with `make mpi`, `ip`, `tc` and `unshare`. The hosts are network namespaces of this machine (`over-network`), each with half of the CPUs.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures import Target, percent, rate, spread, table
from program import HERE, settings
from sections.overlap_model import INKED, parts_of, step_by_parts
from sections.ranks import LAUNCHER, WORKS, Work, phases
from sections.ranks import ENVIRONMENT as AS_ROOT
from sections.ranks_model import Costs, Model, Network
from sections.scaling_model import Divided
from sections.section import Conditions, LeftOut, Stored

HOSTS = 2
SCRIPT = HERE / "over-network"
TOOLS = ("ip", "tc", "unshare", "taskset")
MPIS = {"openmpi": "Open MPI", "mpich": "MPICH"}
LINKS = {"1gbit": 1e9 / 8, "5gbit": 5e9 / 8, "none": None}
"""As `tc` writes it, and bytes a second."""
BURST = 128 << 10
"""Bytes that a link carries at once after a pause. With fewer, `tc`'s clock holds back links of 5 Gb/s."""
FRAME = 1514 / 1448
"""Bytes on the wire for each that TCP carries, with headers."""
SMALL, WIDE = WORKS[:2]
LINKS_OF = {SMALL: ("none",), WIDE: tuple(LINKS)}
"""All that the small one sends goes at once over any link, so it tells what messages cost; the wide one is exchanged in two parts."""
PHASES = ("gather", "forward", "loss", "backward", "reduce")


@dataclass(frozen=True)
class Point:
    """One network's training with one MPI over one kind of link."""

    work: Work
    mpi: str
    link: str
    stored: Stored
    beside: Stored
    """The same of two ranks beside each other, over shared memory."""
    weights: float
    """Bytes, padded."""

    @property
    def wire(self) -> float | None:
        """Seconds that the bytes of a step take at the link's rate, were they all sent at once after a pause."""
        speed = LINKS[self.link]
        return None if speed is None else (self.stored["sent"] * FRAME - BURST) / speed

    @property
    def added(self) -> list[float]:
        """Seconds by which a step is longer than the computing in one over shared memory."""
        return [step - computing for step, computing in zip(self.stored["step"], computing_of(self.beside))]

    @property
    def name(self) -> str:
        return f"{self.work.name}, {MPIS[self.mpi]}"


class OverNetwork:
    name = "network"
    title = "More processes over a network"

    def measure(self, conditions: Conditions) -> Stored:
        mpis = what_is_here(conditions.binary)
        stored: Stored = {"hosts": HOSTS, "mpis": {}, "free": [], "works": {work.name: {"beside": {}, "links": {}} for work in LINKS_OF}}
        for _ in range(conditions.rounds):
            for work, links in LINKS_OF.items():
                values = settings({"data.path": conditions.data, "fit.batch_size": work.batch, "engine.workers": 1})
                step, scaling = ([str(conditions.binary), "bench", what, work.config, *values] for what in ("step", "scaling"))
                mine = stored["works"][work.name]
                stored["free"].append(conditions.wait_for_free_cores())
                report = report_of([*LAUNCHER, *step])
                keep(report, mine["beside"])
                mine["weights"] = report["memory"]["weights"]
                for link in links[-2:] if conditions.is_quick else links:
                    for mpi in mpis:
                        hosts, of_link = [str(SCRIPT), str(HOSTS), link, str(BURST), mpi], mine["links"].setdefault(link, {}).setdefault(mpi, {})
                        report = report_of([*hosts, *step])
                        keep(report, of_link)
                        keep_overlap(report_of([*hosts, *scaling]), of_link, f"{work.name}, {link}, {mpi}")
                        stored["mpis"][mpi] = report["ranks"]["mpi"]
        return stored

    def targets(self, stored: Stored) -> list[Target]:
        return []

    def text(self, stored: Stored) -> str:
        free = stored["free"]
        parts = [
            f"`lockstep bench step` and `bench scaling` on {HOSTS} hosts with a rank of one worker each: network namespaces of one machine, each with half of its CPUs, over TCP alone ({', '.join(stored['mpis'].values())}). "
            f"A link carries what is said, each way, and {BURST >> 10} KiB at once after a pause (`tc qdisc … tbf`); *none* is no limit. The kernel's work for the network, which a network card would take "
            f"some of, is done by the same CPUs, so the figures are worse than those of real hosts, and those over links without limit are those of that work alone. "
            f"Medians (smallest–largest) over the rounds. When {sum(free)} of the {len(free)} rounds of a network began, nobody else used the cores.",
            "**Overlap.** *On the wire* is what a step's bytes take at the link's rate, computed: `(sent × 1514 / 1448 − 128 KiB) / rate`, TCP's headers with them, and without what goes at once. *Alone* is what "
            "the same exchange takes with nothing computed beside it, behind a rest as long as a step's computing; *overlap* is `1 − (step − computing) / alone`, where that computing is a step with nothing exchanged: the share of the "
            "exchange that a step hides, below nothing where it takes longer than both one after the other. `bench scaling` measures these four on the link itself. *Exchange* is the time that "
            "rank 0's worker spends in MPI a step, waiting for the other rank included, but for asking on the way whether it goes on; *computing* is all but that and waiting for workers, and *added* by how much a "
            "step is longer than the computing of two such ranks over shared memory, in the same round: what the network does to a step in all, also that its work takes the CPU from computing.",
            self.beside(stored),
            self.measured(stored),
            self.checked(stored),
        ]
        return "\n\n".join(parts)

    @staticmethod
    def measured(stored: Stored) -> str:
        rows = []
        for it in points(stored):
            mine = it.stored
            wire = "–" if it.wire is None else milliseconds(it.wire)
            share = [exchange / step for exchange, step in zip(mine["exchange"], metered_steps(mine))]
            figures = [spread(mine["rate"], rate), spread(mine["step"], milliseconds), spread(computing_of(mine), milliseconds), spread(mine["exchange"], milliseconds)]
            rows.append([it.name, link_words(it.link), *figures, spread(share, percent), wire, spread(mine["alone"], milliseconds), spread(mine["overlap"], signed, is_bold=True)])
            rows[-1].append(spread(it.added, milliseconds))
        headings = ["work", "link", "samples/s", "step, ms", "computing, ms", "exchange, ms", "of the step", "on the wire, ms", "alone, ms", "overlap", "added, ms"]
        return table(headings, rows, words=(0, 1))

    @staticmethod
    def beside(stored: Stored) -> str:
        words = []
        for work in LINKS_OF:
            mine = stored["works"][work.name]["beside"]
            words.append(f"{work.name}, a step of {spread(mine['step'], milliseconds)} ms, {spread(computing_of(mine), milliseconds)} of them computing")
        return f"Over shared memory these two ranks take: {'; '.join(words)}."

    @staticmethod
    def checked(stored: Stored) -> str:
        """The model of the section before this one beside what was measured."""
        rows, errors = [], {False: [], True: []}
        for it in points(stored):
            if it.wire is None:
                continue
            measured = statistics.median(it.stored["step"])
            cells = []
            for overlaps in (False, True):
                model = modelled(it, message_of(stored, it.mpi), overlaps)
                errors[overlaps].append(abs(model / measured - 1))
                cells += [milliseconds(model), f"{100 * (model / measured - 1):+.0f} %".replace("-", "−")]
            rows.append([it.name, link_words(it.link), milliseconds(measured), *cells])
        without, with_parts = (statistics.mean(errors[overlaps]) for overlaps in (False, True))
        said = (
            "**The model held to it.** The step that the model of more ranks, above, says of these links, all of the exchange behind all computing; and one with overlap (`sections/overlap_model.py`). In that the network is a "
            "pipe that carries one part after the other, each when it is there: the gradients of the first travel while those of the next are computed, and while a part's weights are updated the others' "
            "are under way. More than that cannot be hidden: the gradients of all parts but the first, counted by the products, of which the first layer skips "
            f"{1 - INKED:.0%} for want of ink, and the update of a part. Costs are those measured here: of computing, the least phases of two ranks over shared memory; of a message, the fourth of the least exchange of {SMALL.name}; of "
            f"the wire, the rate. The error is of the model by the measured median: in the mean {percent(without)} without overlap and {percent(with_parts)} with it, at most {percent(max(errors[False]))} and {percent(max(errors[True]))}."
        )
        if with_parts > without:
            said += (
                " So overlap is not modelled above: it promises more than there is. Computing takes longer beside an exchange (the table), by the kernel's work for it on the same CPUs and by asking MPI whether it goes on, which gives back some of what is "
                "hidden; and with MPI a large message waits until both sides have asked."
            )
        return said + "\n\n" + table(["work", "link", "step measured, ms", "model, all behind, ms", "error", "model, by parts, ms", "error"], rows, words=(0, 1))


def what_is_here(binary: Path) -> list[str]:
    """The MPIs with which it can be measured.

    - Raises: LeftOut.
    """
    if os.geteuid() != 0:
        raise LeftOut("network namespaces are made as root")
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        raise LeftOut(f"{', '.join(missing)} not here (iproute2, util-linux)")
    mpis = [mpi for mpi in MPIS if shutil.which(f"mpirun.{mpi}") and binary.with_name(f"liblockstep-{mpi}.so").exists()]
    if not mpis or "openmpi" not in mpis:
        raise LeftOut("mpirun.openmpi and liblockstep-openmpi.so not here (make mpi)")
    return mpis


def report_of(command: list[str]) -> dict[str, Any]:
    """What rank 0 prints as JSON."""
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, text=True, env=os.environ | AS_ROOT) as process:
        try:
            output, _ = process.communicate()
        except KeyboardInterrupt:
            # The hosts must be gone before this is; else Python would kill the script that made them.
            process.send_signal(signal.SIGTERM)
            process.wait()
            raise
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return json.loads(output)


def keep(report: dict[str, Any], mine: Stored) -> None:
    """Of a report of `bench step`, rank 0's: samples a second, bytes sent, and seconds of a step and its phases."""
    mine["sent"] = report["ranks"]["sent_bytes"]
    figures = {"rate": report["samples_per_second"]["median"], "step": report["step_seconds"]} | {name: phases(report, (name,)) for name in (*PHASES, "wait", "exchange")}
    for key, value in figures.items():
        mine.setdefault(key, []).append(value)


def keep_overlap(report: dict[str, Any], mine: Stored, name: str) -> None:
    """Of a report of `bench scaling`: seconds of the exchange alone, and the share that a step hides."""
    point = report["points"][-1]
    if not point["has_same_bits"]:
        raise SystemExit(f"{name}: {HOSTS} hosts do not have the bits of one")
    for key, value in (("alone", point["exchange_alone_seconds"]), ("overlap", point["overlap"])):
        mine.setdefault(key, []).append(value)


def points(stored: Stored) -> list[Point]:
    works = ((work, stored["works"][work.name]) for work in LINKS_OF)
    return [
        Point(work, mpi, link, of_link[mpi], mine["beside"], mine["weights"])
        for work, mine in works
        for mpi in stored["mpis"]
        for link, of_link in mine["links"].items()
    ]


def computing_of(mine: Stored) -> list[float]:
    """Seconds of computing in a step, of each round."""
    return [sum(values) for values in zip(*(mine[name] for name in PHASES))]


def metered_steps(mine: Stored) -> list[float]:
    """Seconds of a step while phases are timed, of each round."""
    return [sum(values) for values in zip(*(mine[name] for name in (*PHASES, "wait", "exchange")))]


def message_of(stored: Stored, mpi: str) -> float:
    """Seconds that a message costs, from the exchange of the network that has few bytes."""
    (links,) = stored["works"][SMALL.name]["links"].values()
    return min(links[mpi]["exchange"]) / (4 * (HOSTS - 1))


def modelled(it: Point, message: float, overlaps: bool) -> float:
    """Seconds of a step."""
    least = {name: min(it.beside[name]) for name in PHASES}
    computing = sum(least[name] for name in PHASES if name != "reduce")
    rows = it.work.batch // HOSTS
    costs = Costs(0, computing / rows, Divided(least["reduce"], 0), it.weights)
    assert it.wire is not None
    network = Network(it.link, 0, message, it.stored["sent"] / it.wire)
    if overlaps:
        return step_by_parts(costs, parts_of(it.work.network), network, HOSTS, it.work.batch)
    return Model(costs, network).step(HOSTS, it.work.batch)


def link_words(link: str) -> str:
    return link.replace("gbit", " Gb/s")


def signed(share: float) -> str:
    return percent(share).replace("-", "−")


def milliseconds(value: float) -> str:
    return f"{value * 1e3:,.2f}"
