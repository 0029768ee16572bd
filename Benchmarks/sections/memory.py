"""Private memory: what a run takes beside what it should take, and whether it grows with the epochs."""

from dataclasses import dataclass
from statistics import median

from figures import Target, at_most, kilobytes, megabytes, percent, spread, table
from program import HERE, printed, settings, train
from sections.section import Conditions, Stored

WORKERS = 2
MOST_OVER_FORMULA = 1.1
"""Stacks of threads, row numbers and the allocator's slack are in the measured growth and not in the formula."""
EPOCHS, QUICK_EPOCHS = 100, 20
GROWN = 64e3
"""Bytes between an early and a late tenth of the epochs that count as none: a few pages, which the history of epochs is allowed."""


@dataclass(frozen=True)
class Work:
    network: str
    batch: int

    @property
    def name(self) -> str:
        return f"{self.network}, batch {self.batch}"


WORKS = (Work("25-15-10", 256), Work("512-512-10", 1024), Work("2048-2048-2048-10", 1024))


class Memory:
    name = "memory"
    title = "Memory"

    def measure(self, conditions: Conditions) -> Stored:
        stored: Stored = {"works": {}, "private_bytes": []}
        for work in WORKS:
            command = ["bench", "step", str(HERE / f"cases/{work.network}.json"), "--workers", str(WORKERS)]
            command += settings({"data.path": conditions.data, "fit.batch_size": work.batch})
            reports = [printed(conditions.binary, command)["memory"] for _ in range(conditions.rounds)]
            stored["works"][work.name] = reports[0] | {"measured_growth": [report["measured_growth"] for report in reports]}
        epochs = QUICK_EPOCHS if conditions.is_quick else EPOCHS
        values = {"data.path": conditions.data, "fit.batch_size": 256, "fit.epochs": epochs}
        stored["private_bytes"] = train(conditions.binary, HERE / "cases/25-15-10.json", values, WORKERS).private_bytes
        return stored

    def targets(self, stored: Stored) -> list[Target]:
        figures = {work.name: over_formula(stored.get("works", {}).get(work.name)) for work in WORKS}
        return [
            at_most("memory: measured, by parameters × (2 moments + 2 + a gradient a worker) + activations", MOST_OVER_FORMULA, percent, figures),
            at_most(f"memory: growth over {EPOCHS} epochs", GROWN, kilobytes, {"": grown(stored)}),
        ]

    def text(self, stored: Stored) -> str:
        rows = []
        for work in WORKS:
            memory = stored["works"][work.name]
            cells = [megabytes(memory[key]) for key in ("weights", "transposed", "moments")]
            cells += [megabytes(memory[key]) for key in ("gradient", "activations")]
            growth = memory["measured_growth"]
            rows.append([work.name, f"{memory['parameters']:,}", *cells, megabytes(memory["sum"]), megabytes(formula(memory)), spread(growth, megabytes)])
        early, late = (spread(part, "{:,.0f}".format) for part in tenths(stored["private_bytes"]))
        parts = [
            f"`lockstep bench step` with {WORKERS} workers. The sum is of what is taken, padding included; the formula is 4 bytes × parameters × (2 moments + weights + "
            "transposed weights + a gradient a worker), and the activations and gathered inputs. Measured is by how much the process's private memory grew as network, "
            "workers and training came in; stacks of threads and row numbers are in it too. There is one gradient, not one a worker.",
            table(["network", "parameters", "weights", "transposed", "moments", "gradient", "activations", "sum", "formula", "measured"], rows),
            f"Over {len(stored['private_bytes'])} epochs of 25-15-10, batch 256, on MNIST, `RssAnon` after each: {early} bytes in the second tenth of the "
            f"epochs, {late} in the last.",
        ]
        return "\n\n".join(parts)


def formula(memory: Stored) -> float:
    return 4 * memory["parameters"] * (2 + 2 + WORKERS) + memory["activations"]


def over_formula(memory: Stored | None) -> list[float]:
    return [growth / formula(memory) for growth in memory["measured_growth"]] if memory else []


def tenths(private: list[int]) -> tuple[list[int], list[int]]:
    """What was seen in the second tenth of the epochs, when all is in place, and in the last."""
    tenth = max(1, len(private) // 10)
    return private[tenth : 2 * tenth], private[-tenth:]


def grown(stored: Stored) -> list[float]:
    if not stored.get("private_bytes"):
        return []
    early, late = tenths(stored["private_bytes"])
    return [median(late) - median(early)]
