"""Lockstep against today's libraries on the same work, interleaved in one run; rewrites results.json, RESULTS.md and the table in README.md.

Each round runs every contender once; ratios are taken within a round, so that a machine whose speed drifts favours nobody. Everything is saved as it
comes: an interrupted run leaves what it had, and --resume goes on from there.

    python Benchmarks/compare.py --data MNIST_FOLDER                 # everything: an hour or two
    python Benchmarks/compare.py --data MNIST_FOLDER --finalists 4   # after a case's first round only its four fastest peers go on
    python Benchmarks/compare.py --data MNIST_FOLDER --quick         # minutes, into .build/bench-quick: shows that all of it works
"""

import argparse
import tempfile
import time
from pathlib import Path

from cases import CASES, Case, folder_with_rows, quick
from contenders import LOCKSTEP, Contender, RunFailed, peers, run
from options import common_options, parsed
from pages import write_pages
from program import version, wait_for_free_cores
from results import CaseResults, Results


def parse_options() -> argparse.Namespace:
    names = sorted({contender.peer for contender in peers()})
    parser = common_options(__doc__)
    parser.add_argument("--cases", nargs="+", choices=[case.name for case in CASES], metavar="CASE", help=", ".join(case.name for case in CASES))
    parser.add_argument("--peers", nargs="+", choices=names, metavar="PEER", help=", ".join(names))
    parser.add_argument("--finalists", type=int, help="after the first round only this many peers, the fastest, go on")
    parser.add_argument("--time-limit", type=float, default=180, help="seconds a run may take; a contender that needs more is left out of the case, and named")
    parser.add_argument("--resume", action="store_true", help="keep the rounds of these cases that are there")
    return parsed(parser)


class Comparison:
    """The rounds of the chosen cases."""

    def __init__(self, options: argparse.Namespace, results: Results, scratch: Path) -> None:
        self.options, self.results, self.scratch = options, results, scratch
        self.binary = options.lockstep
        self.version = version(self.binary)
        self.contenders = [contender for contender in peers() if not options.peers or contender.peer in options.peers]

    def run(self, case: Case) -> None:
        """All rounds of one case; the pages are written after each."""
        measured = self.results.begin(case, self.version, self.options.resume)
        data = folder_with_rows(self.options.data, case.rows, self.scratch)
        contenders = [Contender(LOCKSTEP, LOCKSTEP), *self.installed(case)]
        for round_number in range(1, self.options.rounds + 1):
            for contender in list(contenders):
                if not measured.has(contender.name, round_number) and not self.measure(case, contender, data, round_number):
                    contenders.remove(contender)
            if round_number == 1 and self.options.finalists:
                finalists = measured.ranking()[: self.options.finalists]
                contenders = [contender for contender in contenders if contender.name in (LOCKSTEP, *finalists)]
            self.say(case, measured, round_number)
            write_pages(self.results, self.options)

    def installed(self, case: Case) -> list[Contender]:
        """Who takes part in the case; those whose library is missing are named in the results."""
        found = []
        for contender in self.contenders:
            if not contender.takes_part(case):
                continue
            if contender.missing():
                self.results.leave_out(case, contender, f"{', '.join(contender.missing())} not installed")
            else:
                found.append(contender)
        return found

    def measure(self, case: Case, contender: Contender, data: Path, round_number: int) -> bool:
        """One run; false when it failed, so that it is not tried again."""
        are_free = wait_for_free_cores(self.binary, self.options.patience)
        begin = time.perf_counter()
        try:
            result = run(contender, case, data, self.binary, seed=round_number, limit=self.options.time_limit)
        except RunFailed as failure:
            self.results.leave_out(case, contender, f"round {round_number}: {failure}")
            print(f"{case.name} round {round_number}: {contender.name} left out: {failure}", flush=True)
            return False
        self.results.add(case, contender, round_number, result, are_free)
        figure = self.results.of(case).figure(result.value)
        seconds = time.perf_counter() - begin
        print(f"{case.name} round {round_number}: {contender.name} {figure}, accuracy {result.accuracy:.4f} ({seconds:.0f} s)", flush=True)
        return True

    def say(self, case: Case, measured: CaseResults, round_number: int) -> None:
        target = measured.target()
        print(f"{case.name} after round {round_number}: Lockstep by the fastest peer {target.figure}; target {target.goal}", flush=True)


def main() -> None:
    options = parse_options()
    chosen = [case for case in CASES if not options.cases or case.name in options.cases]
    if options.quick:
        chosen = [quick(case) for case in chosen]
    results = Results(options.output)
    if not options.render:
        with tempfile.TemporaryDirectory() as scratch:
            comparison = Comparison(options, results, Path(scratch))
            for case in chosen:
                comparison.run(case)
    write_pages(results, options)


if __name__ == "__main__":
    main()
