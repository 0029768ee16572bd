"""What more workers would bring on a machine with as many cores: a model of a step, from its phases on one worker and on two."""

from dataclasses import dataclass
from math import log2
from typing import Any

ASSUMPTIONS = (
    "A **model**, for machines with more cores than this one; nothing but one and two workers was measured. A step on `w` workers takes "
    "`compute(w) + reduce(w) + wait(w)`, with each phase measured by `lockstep bench step` on one worker and on two:\n\n"
    "- compute (gather, forward, loss, backward) is a fixed part, the same however many share the rest, and a part that they divide: by inputs, by rows and by "
    "weights in turn. Rows are the coarsest, so it is modelled as if all of it were divided in slices of eight rows, of which a worker beyond their number has none;\n"
    "- reduce, the optimizer, is a fixed part and one that all workers divide;\n"
    "- wait is what the worker that waits less waits at the two barriers. It is mostly the delay of whoever comes last, and assumed to grow with the logarithm of the "
    "workers, as the largest of that many delays does.\n\n"
    "Each cost is the least of the rounds, the least disturbed. The model assumes that cores keep their speed when others work, that the last-level cache and "
    "memory are fast enough for all of them, and that all are on one NUMA node: real machines will stay below it."
)


@dataclass(frozen=True)
class Costs:
    """Microseconds of a step on one worker and on two, as measured; and the slices of a batch."""

    slices: int
    compute: tuple[float, float]
    reduce: tuple[float, float]
    wait: float
    """Of two workers; one has nobody to wait for."""

    @classmethod
    def of(cls, one: list[dict[str, Any]], two: list[dict[str, Any]]) -> "Costs":
        """From reports of `bench step` on one worker and on two: the least of each, of the busier worker where there are two."""

        def worst(report: dict[str, Any], *phases: str) -> float:
            return max(sum(worker[phase] for phase in phases) for worker in report["phases"])

        compute, reduce = (
            (min(worst(report, *phases) for report in one), min(worst(report, *phases) for report in two))
            for phases in (("gather", "forward", "loss", "backward"), ("reduce",))
        )
        wait = min(min(worker["wait"] for worker in report["phases"]) for report in two)
        return cls(one[0]["slices"], compute, reduce, wait)

    def step(self, workers: int) -> float:
        """Microseconds of a step on `workers` workers, each on a core of its own."""
        slices_of_busiest = -(-self.slices // min(workers, self.slices))
        compute, reduce = divided(*self.compute), divided(*self.reduce)
        return (
            compute.fixed
            + compute.divisible * slices_of_busiest / self.slices
            + reduce.fixed
            + reduce.divisible / workers
            + self.wait * log2(workers)
        )

    def speed_up(self, workers: int) -> float:
        return self.step(1) / self.step(workers)


@dataclass(frozen=True)
class Divided:
    """Microseconds that every worker takes, and that they divide."""

    fixed: float
    divisible: float


def divided(one: float, two: float) -> Divided:
    """What takes `one` on one worker and `two` on two."""
    divisible = min(max(2 * (one - two), 0), one)
    return Divided(one - divisible, divisible)
