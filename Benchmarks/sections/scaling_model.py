"""What more workers would bring on a machine with as many cores: a model of a step, from its phases on one worker and on two."""

from dataclasses import dataclass
from math import log2
from typing import Any

ASSUMPTIONS = (
    "A **model**, for machines with more cores than this one; nothing but one and two workers was measured. A step on `w` workers takes "
    "`compute(w) + reduce(w) + wait(w)`, with each phase measured by `lockstep bench step` on one worker and on two:\n\n"
    "- compute (gather, forward, loss, backward) is a fixed part, the same however short a worker's share is, and a part for each slice of the busiest worker. "
    "A batch has a fixed number of slices, and workers beyond it have none;\n"
    "- reduce is the optimizer over all parameters and an addition of all gradients for each worker beyond the first that has a share, the whole divided by `w`;\n"
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
        busy = min(workers, self.slices)
        per_slice = min(max(2 * (self.compute[0] - self.compute[1]), 0), self.compute[0]) / self.slices
        fixed = self.compute[0] - per_slice * self.slices
        addition = max(2 * self.reduce[1] - self.reduce[0], 0)
        slices_of_busiest = -(-self.slices // busy)
        return fixed + per_slice * slices_of_busiest + (self.reduce[0] + addition * (busy - 1)) / workers + self.wait * log2(workers)

    def speed_up(self, workers: int) -> float:
        return self.step(1) / self.step(workers)
