"""Several processes that train one model: beside PyTorch's DistributedDataParallel on gloo, what the exchange takes, and a model for more ranks and other networks.

Needs `make mpi` and Open MPI's launcher. Each rank has one worker on a core of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures import Target, at_least, kilobytes, percent, rate, spread, table, times
from program import HERE, printed, settings
from sections.ranks_model import ASSUMPTIONS, CHANGES, CORES, NETWORKS, STATED, Costs, Model, Network
from sections.section import Conditions, Stored

RANKS = 2
LAUNCHER = ["mpirun.openmpi", "-n", str(RANKS), "--bind-to", "core"]
ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
COMPUTE_ROWS = (128, 512)
"""Of the batches from which a row's cost is told."""
MODEL_RANKS = (2, 8, 64, 1024)
WEAK_ROWS = (128, 1024)
STRONG_BATCHES = (1024, 8192, 65536)
EFFICIENT = 0.5


@dataclass(frozen=True)
class Work:
    network: str
    batch: int
    activation: str
    goal: float | None
    """Samples a second, by DDP's."""

    @property
    def name(self) -> str:
        return f"{self.network}, batch {self.batch}"

    @property
    def config(self) -> str:
        return str(HERE / f"cases/{self.network}.json")


WORKS = (Work("25-15-10", 256, "sigmoid", 3.0), Work("512-512-10", 1024, "relu", 1.5), Work("2048-2048-2048-10", 256, "relu", None))


class Ranks:
    name = "ranks"
    title = "More processes"

    def measure(self, conditions: Conditions) -> Stored:
        stored: Stored = {"ranks": RANKS, "works": {work.name: measured(work, conditions) for work in WORKS}}
        stored["mpi"] = next(iter(stored["works"].values()))["mpi"]
        return stored

    def targets(self, stored: Stored) -> list[Target]:
        return [
            at_least(
                f"{RANKS} ranks × 1 worker, {work.name}: samples/s, by PyTorch DDP on gloo", work.goal, times,
                {"": stored.get("works", {}).get(work.name, {}).get("ratios", [])},
            )
            for work in WORKS
            if work.goal
        ]

    def text(self, stored: Stored) -> str:
        costs = {work: costs_of(stored["works"][work.name]) for work in WORKS}
        parts = [
            f"`mpirun -n {RANKS} lockstep` ({stored['mpi']}) on one machine, each rank with one worker on a core of its own. Beside it PyTorch's DistributedDataParallel on gloo with as many "
            "processes of one thread, the same network, data and global batch, in turn; medians (smallest–largest) over the rounds, each of a run the median of its epochs after the first.",
            self.beside_ddp(stored),
            self.freedom(stored),
            f"`lockstep bench scaling` under mpirun: a step of {RANKS} ranks, what of it is the exchange, and what a rank sends. The weights are the same bits as of one rank.",
            self.exchanged(stored),
            "### A model of more ranks, on other networks",
            ASSUMPTIONS,
            STATED,
            self.stated(),
            self.measured_costs(costs),
            self.validated(stored, costs),
            f"**Where it stops scaling.** The smallest batch with which a number of ranks is at least {EFFICIENT:.0%} efficient, that is {EFFICIENT:.0%} of as many times faster as there are ranks; "
            "each rank needs a block of 128 rows at least. MNIST has 60,000 rows, so a batch beyond that is none.",
            self.least_batches(costs),
            "One batch, ever more ranks (strong scaling): the number of ranks with the shortest step, up to 1,024, and how much faster than one they are.",
            self.strong(costs),
            f"More ranks, with as many rows for each (weak scaling): efficiency with {WEAK_ROWS[0]} rows a rank, and with {WEAK_ROWS[1]:,}.",
            self.weak(costs),
            f"**What would move that point**: the smallest batch with which {CORES} cores are {EFFICIENT:.0%} efficient on {NETWORKS[1].name}, if one thing were otherwise. Of workers that "
            "divide a rank's work the model knows no loss.",
            self.changes(costs),
        ]
        return "\n\n".join(parts)

    @staticmethod
    def beside_ddp(stored: Stored) -> str:
        rows = []
        for work in WORKS:
            mine = stored["works"][work.name]
            if mine.get("ddp"):
                rows.append([work.name, spread(mine["lockstep"], rate), spread(mine["ddp"], rate), spread(mine["ratios"], times, is_bold=True)])
        version = next((mine["torch"] for mine in stored["works"].values() if mine.get("torch")), "")
        return table(["work", "Lockstep, samples/s", f"PyTorch {version} DDP, samples/s", "ratio"], rows)

    @staticmethod
    def freedom(stored: Stored) -> str:
        free = [is_free for mine in stored["works"].values() for is_free in mine["free"]]
        return f"When {sum(free)} of the {len(free)} rounds began, nobody else used the cores."

    @staticmethod
    def exchanged(stored: Stored) -> str:
        rows = []
        for work in WORKS:
            mine = stored["works"][work.name]["scaling"]
            rows.append(
                [
                    work.name, spread(mine["step"], microseconds), spread(mine["exchange"], microseconds), spread(mine["share"], percent),
                    kilobytes(mine["sent"]), spread(mine["speed_up"], times),
                ]
            )
        return table(["work", "step, µs", "exchange, µs", "of the step", "sent a step", "speed-up by one rank"], rows)

    @staticmethod
    def stated() -> str:
        rows = [[it.name, f"{it.latency * 1e6:.1f} µs", f"{it.message * 1e6:.2f} µs", f"{it.bandwidth / 1e6:,.0f} MB/s"] for it in NETWORKS]
        return table(["stated", "latency", "a message", "bandwidth"], rows)

    @staticmethod
    def measured_costs(costs: dict[Work, Costs]) -> str:
        rows = [
            [
                work.network, f"{it.fixed * 1e6:.1f} µs", f"{it.row * 1e6:.3f} µs", f"{it.reduce.fixed * 1e6:.1f} µs + {it.reduce.divisible * 1e6:.1f} µs / R",
                kilobytes(it.weights),
            ]
            for work, it in costs.items()
        ]
        return table(["measured", "compute, fixed", "compute, a row", "reduce", "weights, padded"], rows)

    @staticmethod
    def validated(stored: Stored, costs: dict[Work, Costs]) -> str:
        local = local_network(stored, costs)
        said = (
            f"Where it can be held to something: {RANKS} ranks on this machine. From the exchanges of the smallest and the largest network above, a message between these ranks costs "
            f"{local.message * 1e6:.1f} µs and a second carries {local.bandwidth / 1e9:.2f} GB; with that the model says of a step, and of the exchange of the network between them:"
        )
        rows = []
        for work, cost in costs.items():
            mine = stored["works"][work.name]["scaling"]
            model = Model(cost, local)
            exchange = f"{model.exchange(RANKS, work.batch) * 1e6:.1f}" + ("" if work is WORKS[1] else " (fitted)")
            rows.append(
                [
                    work.name, exchange, spread(mine["exchange"], microseconds), f"{model.step(RANKS, work.batch) * 1e6:.1f}", spread(mine["step"], microseconds),
                ]
            )
        return said + "\n\n" + table(["work, µs", "exchange, model", "measured", "step, model", "measured"], rows)

    @staticmethod
    def least_batches(costs: dict[Work, Costs]) -> str:
        rows = []
        for work, cost in costs.items():
            for network in NETWORKS:
                model = Model(cost, network)
                rows.append([work.network, network.name, *(batch_words(model.least_batch(ranks, EFFICIENT)) for ranks in MODEL_RANKS)])
        return table(["model: network", "between ranks", *(f"{ranks:,} ranks" for ranks in MODEL_RANKS)], rows, words=(0, 1))

    @staticmethod
    def strong(costs: dict[Work, Costs]) -> str:
        rows = []
        for work, cost in costs.items():
            for network in NETWORKS:
                model, cells = Model(cost, network), []
                for batch in STRONG_BATCHES:
                    ranks = model.fastest(batch)
                    cells.append(f"{ranks:,}: {times(model.strong(ranks, batch) * ranks)}")
                rows.append([work.network, network.name, *cells])
        return table(["model: network", "between ranks", *(f"batch {batch:,}" for batch in STRONG_BATCHES)], rows, words=(0, 1))

    @staticmethod
    def weak(costs: dict[Work, Costs]) -> str:
        rows = []
        for work, cost in costs.items():
            for network in NETWORKS:
                model = Model(cost, network)
                rows.append([work.network, network.name, *("; ".join(f"{model.weak(ranks, rows):.0%}" for rows in WEAK_ROWS) for ranks in MODEL_RANKS)])
        return table(["model: network", "between ranks", *(f"{ranks:,} ranks" for ranks in MODEL_RANKS)], rows, words=(0, 1))

    @staticmethod
    def changes(costs: dict[Work, Costs]) -> str:
        rows = [[words, *(batch_words(change(Model(cost, NETWORKS[1])).least_batch(ranks, EFFICIENT)) for cost in costs.values())] for words, ranks, change in CHANGES]
        return table([f"model: {CORES} cores", *(work.network for work in costs)], rows)


def microseconds(value: float) -> str:
    return f"{value * 1e6:,.1f}"


def batch_words(batch: int | None) -> str:
    return "none" if batch is None else f"{batch:,}"


def measured(work: Work, conditions: Conditions) -> Stored:
    """Everything of one network, round by round."""
    under = {"data.path": conditions.data}
    mine: Stored = {"free": [], "lockstep": [], "ddp": [], "ratios": [], "compute": {str(rows): [] for rows in COMPUTE_ROWS}, "reduce": {"1": [], "2": []}}
    mine["scaling"] = {key: [] for key in ("rate", "speed_up", "step", "exchange", "share")}
    for number in range(conditions.rounds):
        mine["free"].append(conditions.wait_for_free_cores())
        for rows in COMPUTE_ROWS:
            values = settings(under | {"fit.batch_size": rows})
            mine["compute"][str(rows)].append(phases(printed(conditions.binary, ["bench", "step", work.config, "--workers", "1", *values]), COMPUTING))
        values = settings(under | {"fit.batch_size": work.batch})
        alone = printed(conditions.binary, ["bench", "step", work.config, "--workers", "1", *values])
        together = launched(conditions.binary, ["bench", "step", work.config, "--workers", "1", *values])
        mine["reduce"]["1"].append(phases(alone, ("reduce",)))
        mine["reduce"]["2"].append(phases(together, ("reduce",)))
        scaling = launched(conditions.binary, ["bench", "scaling", work.config, *values, "--set", "engine.workers=1"])
        point = scaling["points"][-1]
        if not point["has_same_bits"]:
            raise SystemExit(f"{work.name}: {RANKS} ranks do not have the bits of one")
        mine |= {"mpi": scaling["mpi"], "weights": alone["memory"]["weights"]}
        mine["scaling"]["sent"] = point["sent_bytes"]
        for key, value in (
            ("rate", point["samples_per_second"]["median"]), ("speed_up", point["speed_up"]["median"]), ("step", point["step_seconds"]),
            ("exchange", point["exchange_seconds"]), ("share", point["exchange_share"]),
        ):
            mine["scaling"][key].append(value)
        if work.goal:
            epochs = 2 if conditions.is_quick else 8
            sides = {"lockstep": lambda: trained(work, conditions, epochs), "ddp": lambda: ddp(work, conditions, max(1, epochs // 4), mine)}
            for side in ("lockstep", "ddp") if number % 2 == 0 else ("ddp", "lockstep"):
                mine[side].append(sides[side]())
            mine["ratios"].append(mine["lockstep"][-1] / mine["ddp"][-1])
    return mine


COMPUTING = ("gather", "forward", "loss", "backward")


def phases(report: dict[str, Any], names: tuple[str, ...]) -> float:
    """Seconds a step of the one worker."""
    return sum(report["phases"][0][name] for name in names) * 1e-6


def launched(binary: Path, arguments: list[str]) -> dict[str, Any]:
    """What rank 0 prints as JSON."""
    done = subprocess.run([*LAUNCHER, binary, *arguments, "--json"], check=True, stdout=subprocess.PIPE, text=True, env=os.environ | ENVIRONMENT)
    return json.loads(done.stdout)


def trained(work: Work, conditions: Conditions, epochs: int) -> float:
    """Samples a second of Lockstep."""
    with tempfile.TemporaryDirectory() as folder:
        values = settings({"data.path": conditions.data, "data.validation": "none", "fit.batch_size": work.batch, "fit.epochs": epochs + 1})
        train = [conditions.binary, "train", work.config, "--workers", "1", "--quiet", "--output", f"{folder}/run", *values]
        subprocess.run([*LAUNCHER, *train], check=True, env=os.environ | ENVIRONMENT)
        records = [json.loads(line) for line in Path(f"{folder}/run/history.jsonl").read_text().splitlines()]
    return statistics.median(record["samples_per_second"] for record in records[1:])


def ddp(work: Work, conditions: Conditions, epochs: int, mine: Stored) -> float:
    """Samples a second of PyTorch's."""
    command = [sys.executable, HERE / "peers/torch_ddp.py", "--data", conditions.data, "--layers", work.network.replace("-", ","), "--activation", work.activation]
    command += ["--batch", str(work.batch), "--epochs", str(epochs), "--ranks", str(RANKS), "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HERE / "peers")
    report = json.loads(done.stdout.splitlines()[-1])
    mine["torch"] = report["versions"]["torch"]
    return report["median"]


def costs_of(mine: Stored) -> Costs:
    least = {rows: min(mine["compute"][str(rows)]) for rows in COMPUTE_ROWS}
    return Costs.of(COMPUTE_ROWS, (least[COMPUTE_ROWS[0]], least[COMPUTE_ROWS[1]]), (min(mine["reduce"]["1"]), min(mine["reduce"]["2"])), mine["weights"])


def local_network(stored: Stored, costs: dict[Work, Costs]) -> Network:
    """What lies between the ranks of this machine, as far as the exchanges of its smallest and largest network tell."""
    (small, few), (large, many) = ((min(stored["works"][work.name]["scaling"]["exchange"]), costs[work].bytes(RANKS, work.batch)) for work in (WORKS[0], WORKS[-1]))
    byte = max(large - small, 1e-12) / (many - few)
    return Network("this machine", 0, max(small - byte * few, 0) / (4 * (RANKS - 1)), 1 / byte)
