"""Lockstep on uneven cores: measured balance against the even split, with and without another process that takes half of the last worker's core.

Each round runs every variant once; ratios are taken within a round, so that a machine whose speed drifts favours nobody. One JSON object goes to standard
output. Run it on an otherwise idle machine.

    python Benchmarks/uneven.py --data MNIST_FOLDER           # a few minutes
    python Benchmarks/uneven.py --data MNIST_FOLDER --quick   # seconds: shows that all of it works
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cases import CASES, Case, folder_with_rows
from program import BINARY

WORKERS = 2
BALANCES = ("even", "measured")
NAMES = ("25-15-10/32", "25-15-10/256", "512-512-10/128", "512-512-10/1024")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the original MNIST files")
    parser.add_argument("--cases", nargs="+", choices=NAMES, default=NAMES, metavar="CASE", help=", ".join(NAMES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="of training, about, in each run")
    parser.add_argument("--lockstep", type=Path, default=BINARY, help="the binary; also LOCKSTEP=PATH")
    parser.add_argument("--quick", action="store_true", help="one round of short runs")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 0.3
    return options


def last_workers_cpu(binary: Path) -> int:
    command = [binary, "topology", "--workers", str(WORKERS), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["workers"][-1]["cpu"]


@contextmanager
def neighbour(cpu: int, wanted: bool) -> Iterator[None]:
    """A process that never stops computing on `cpu`: the scheduler gives it half of the time there, and Lockstep's worker the other."""
    if not wanted:
        yield
        return
    # It ends with its parent, however that ends: one left behind would spoil every later measurement.
    loop = f"import os\nos.sched_setaffinity(0, [{cpu}])\nprint(flush=True)\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
    with subprocess.Popen([sys.executable, "-c", loop], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield
        finally:
            process.kill()


class Uneven:
    """The rounds of the chosen cases."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options, self.scratch = options, scratch
        self.binary = options.lockstep.resolve()
        self.cpu = last_workers_cpu(self.binary)

    def measure(self, case: Case) -> dict[str, Any]:
        """The rounds of one case, each variant's samples a second in each, and the ratios."""
        data = folder_with_rows(self.options.data.resolve(), 8192 if self.options.quick else None, self.scratch)
        epochs = self.epochs(case, data)
        variants = [(balance, shared) for shared in (True, False) for balance in BALANCES]
        rates: dict[tuple[str, bool], list[float]] = {variant: [] for variant in variants}
        for _ in range(self.options.rounds):
            for balance, shared in variants:
                with neighbour(self.cpu, shared):
                    rates[balance, shared].append(self.rate(case, data, balance, epochs))
        figures = {name: self.figures(rates["even", shared], rates["measured", shared]) for name, shared in (("neighbour", True), ("alone", False))}
        for name, figure in figures.items():
            rounds = f"{min(figure['ratios']):.2f}–{max(figure['ratios']):.2f}"
            print(f"{case.name} {name}: measured balance by the even split {figure['ratio']:.2f}× ({rounds})", file=sys.stderr, flush=True)
        return {"epochs": epochs, **figures}

    @staticmethod
    def figures(even: list[float], measured: list[float]) -> dict[str, Any]:
        ratios = [after / before for before, after in zip(even, measured)]
        medians = {"even": statistics.median(even), "measured": statistics.median(measured), "ratio": statistics.median(ratios)}
        return {**medians, "ratios": ratios, "even_rates": even, "measured_rates": measured}

    def epochs(self, case: Case, data: Path) -> int:
        """As many as take about the seconds asked for, on an even split and idle cores."""
        rows = 8192 if self.options.quick else 60000
        return max(2, round(self.options.seconds * self.rate(case, data, "even", 2) / rows))

    def rate(self, case: Case, data: Path, balance: str, epochs: int) -> float:
        """The samples a second of one run over all epochs but the first: what measuring and trying costs afterwards counts too."""
        with tempfile.TemporaryDirectory() as folder:
            settings = [f"data.path={data}", f"fit.batch_size={case.batch}", f"fit.epochs={epochs + 1}", f"engine.balance={balance}"]
            command = [self.binary, "train", case.config, "--json", "--workers", str(WORKERS), "--output", f"{folder}/run"]
            command += [word for setting in settings for word in ("--set", setting)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        return statistics.median(record["samples_per_second"] for record in records if record.get("epoch", 0) > 1)


def main() -> None:
    options = parse_options()
    with tempfile.TemporaryDirectory() as scratch:
        uneven = Uneven(options, Path(scratch))
        cases = {case.name: uneven.measure(case) for case in CASES if case.name in options.cases}
        print(json.dumps({"workers": WORKERS, "rounds": options.rounds, "neighbour_cpu": uneven.cpu, "cases": cases}, indent=1))


if __name__ == "__main__":
    main()
