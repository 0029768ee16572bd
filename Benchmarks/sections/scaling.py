"""More workers: the speed-up on this machine's cores, what too many workers cost, and a model for more cores."""

from dataclasses import asdict, dataclass

from figures import Target, at_least, rate, spread, table, times
from program import HERE, printed, settings
from sections.scaling_model import ASSUMPTIONS, Costs
from sections.section import Conditions, Stored

LEAST_OVERSUBSCRIBED = 0.7
MODEL_WORKERS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Work:
    network: str
    batch: int
    goal: float
    """Of two workers, by one."""

    @property
    def name(self) -> str:
        return f"{self.network}, batch {self.batch}"


WORKS = (Work("512-512-10", 1024, 1.9), Work("25-15-10", 256, 1.7), Work("25-15-10", 32, 1.3))


class Scaling:
    name = "scaling"
    title = "More workers"

    def measure(self, conditions: Conditions) -> Stored:
        stored: Stored = {"cores": 0, "works": {work.name: {"free": [], "samples_per_second": {}, "speed_up": {}} for work in WORKS}}
        for work in WORKS:
            mine = stored["works"][work.name]
            config = str(HERE / f"cases/{work.network}.json")
            values = settings({"data.path": conditions.data, "fit.batch_size": work.batch})
            one, two = [], []
            for _ in range(conditions.rounds):
                mine["free"].append(conditions.wait_for_free_cores())
                report = printed(conditions.binary, ["bench", "scaling", config, *values])
                stored["cores"] = report["cores"]
                for point in report["points"]:
                    for key in ("samples_per_second", "speed_up"):
                        mine[key].setdefault(str(point["workers"]), []).append(round(point[key]["median"], 4))
                one.append(printed(conditions.binary, ["bench", "step", config, *values, "--workers", "1"]))
                two.append(printed(conditions.binary, ["bench", "step", config, *values, "--workers", "2"]))
            if stored["cores"] > 1:
                mine["costs"] = asdict(Costs.of(one, two))
        return stored

    def targets(self, stored: Stored) -> list[Target]:
        works, cores = stored.get("works", {}), stored.get("cores", 2)
        rows = [
            at_least(f"scaling, {work.name}: 2 workers by one", work.goal, times, {"": works.get(work.name, {}).get("speed_up", {}).get("2", [])})
            for work in WORKS
        ]
        for work in WORKS:
            figures = {"": over_cores(works.get(work.name, {}), cores)}
            rows.append(at_least(f"scaling, {work.name}: {2 * cores} workers on {cores} cores, by {cores}", LEAST_OVERSUBSCRIBED, times, figures))
        return rows

    def text(self, stored: Stored) -> str:
        cores = stored["cores"]
        parts = [
            f"`lockstep bench scaling` on {cores} cores, MNIST: each figure is the median of a process's rounds, which measure every number of workers in turn; "
            "median (smallest–largest) over the processes. Speed-ups are by one worker in the same round.",
            *(self.measured(work, stored["works"][work.name], cores) for work in WORKS),
        ]
        costs = {work: costs_of(stored["works"][work.name]) for work in WORKS if "costs" in stored["works"][work.name]}
        if costs:
            parts += ["### With more cores: a model", ASSUMPTIONS, self.measured_costs(costs), self.model(costs, stored)]
        return "\n\n".join(parts)

    @staticmethod
    def measured(work: Work, mine: Stored, cores: int) -> str:
        rows = []
        for workers, rates in mine["samples_per_second"].items():
            shared = ", sharing cores" if int(workers) > cores else ""
            rows.append([f"{workers}{shared}", spread(rates, rate), spread(mine["speed_up"][workers], times)])
        free = mine.get("free", [])
        said = f"\n\nWhen {sum(free)} of the {len(free)} processes began, nobody else used the cores." if free else ""
        return table([f"{work.name}: workers", "samples/s", "speed-up"], rows) + said

    @staticmethod
    def measured_costs(costs: dict[Work, Costs]) -> str:
        rows = [
            [work.name, str(cost.slices), *(f"{one:.1f}, {two:.1f}" for one, two in (cost.compute, cost.reduce)), f"{cost.wait:.1f}"]
            for work, cost in costs.items()
        ]
        return table(["measured, µs a step", "slices of a batch", "compute: 1 worker, 2", "reduce: 1 worker, 2", "wait: 2 workers"], rows)

    @staticmethod
    def model(costs: dict[Work, Costs], stored: Stored) -> str:
        rows = []
        for workers in MODEL_WORKERS:
            cells = []
            for work, cost in costs.items():
                measured = stored["works"][work.name]["speed_up"].get(str(workers), []) if 1 < workers <= stored["cores"] else []
                cells.append(times(cost.speed_up(workers)) + (f", measured {spread(measured, times)}" if measured else ""))
            rows.append([str(workers), *cells])
        return table(["model: workers, each with a core", *(f"{work.name}, speed-up" for work in costs)], rows)


def over_cores(mine: Stored, cores: int) -> list[float]:
    """Twice as many workers as cores, by as many as cores, process by process."""
    rates = mine.get("samples_per_second", {})
    return [many / few for many, few in zip(rates.get(str(2 * cores), []), rates.get(str(cores), []))]


def costs_of(mine: Stored) -> Costs:
    stored = mine["costs"]
    return Costs(stored["slices"], tuple(stored["compute"]), tuple(stored["reduce"]), stored["wait"])
