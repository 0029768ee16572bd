"""Lockstep against today's libraries on the same work, interleaved in one run; rewrites results.json, RESULTS.md and the table in README.md.

Each round runs every contender once; ratios are taken within a round, so that a machine whose speed drifts favours nobody. Everything is saved as it
comes: an interrupted run leaves what it had, and --resume goes on from there.

    python Benchmarks/compare.py --data MNIST_FOLDER                 # everything: an hour or two
    python Benchmarks/compare.py --data MNIST_FOLDER --finalists 4   # after a case's first round only its four fastest peers go on
    python Benchmarks/compare.py --data MNIST_FOLDER --quick         # minutes, into .build/bench-quick: shows that all of it works
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from cases import CASES, Case, folder_with_rows, quick
from contenders import LOCKSTEP, Contender, RunFailed, peers, run
from results import CaseResults, Results

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def parse_options() -> argparse.Namespace:
    names = sorted({contender.peer for contender in peers()})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the original MNIST files")
    parser.add_argument("--cases", nargs="+", choices=[case.name for case in CASES], metavar="CASE", help=", ".join(case.name for case in CASES))
    parser.add_argument("--peers", nargs="+", choices=names, metavar="PEER", help=", ".join(names))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--finalists", type=int, help="after the first round only this many peers, the fastest, go on")
    parser.add_argument("--time-limit", type=float, default=180, help="seconds a run may take; a contender that needs more is left out of the case, and named")
    parser.add_argument("--lockstep", type=Path, default=os.environ.get("LOCKSTEP", ROOT / ".build/release/lockstep"), help="the binary; also LOCKSTEP=PATH")
    parser.add_argument("--output", type=Path, help="another folder for results.json and RESULTS.md; README.md is then left alone")
    parser.add_argument("--resume", action="store_true", help="keep the rounds of these cases that are there")
    parser.add_argument("--render", action="store_true", help="measure nothing, only write the pages anew")
    parser.add_argument("--quick", action="store_true", help="one round on few rows")
    options = parser.parse_args()
    if not options.render and options.data is None:
        parser.error("--data is needed")
    return options


def lockstep_version(binary: Path) -> str:
    """The binary's version, and the commit of the working tree when the binary is its own."""
    version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    if not binary.resolve().is_relative_to(ROOT):
        return version
    describe = ["git", "-C", ROOT, "describe", "--always", "--dirty", "--exclude=*"]
    commit = subprocess.run(describe, check=False, capture_output=True, text=True).stdout.strip()
    return f"{version} ({commit})" if commit else version


class Comparison:
    """The rounds of the chosen cases."""

    def __init__(self, options: argparse.Namespace, results: Results, scratch: Path) -> None:
        self.options, self.results, self.scratch = options, results, scratch
        self.binary = Path(options.lockstep).resolve()
        self.version = lockstep_version(self.binary)
        self.contenders = [contender for contender in peers() if not options.peers or contender.peer in options.peers]

    def run(self, case: Case) -> None:
        """All rounds of one case; the pages are written after each."""
        measured = self.results.begin(case, self.version, self.options.resume)
        data = folder_with_rows(self.options.data.resolve(), case.rows, self.scratch)
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
        begin = time.perf_counter()
        try:
            result = run(contender, case, data, self.binary, seed=round_number, limit=self.options.time_limit)
        except RunFailed as failure:
            self.results.leave_out(case, contender, f"round {round_number}: {failure}")
            print(f"{case.name} round {round_number}: {contender.name} left out: {failure}", flush=True)
            return False
        self.results.add(case, contender, round_number, result)
        figure = self.results.of(case).figure(result.value)
        seconds = time.perf_counter() - begin
        print(f"{case.name} round {round_number}: {contender.name} {figure}, accuracy {result.accuracy:.4f} ({seconds:.0f} s)", flush=True)
        return True

    def say(self, case: Case, measured: CaseResults, round_number: int) -> None:
        print(
            f"{case.name} after round {round_number}: Lockstep by the fastest peer {measured.verdict().replace('*', '')}; target {measured.target()}",
            flush=True,
        )


def write_pages(results: Results, options: argparse.Namespace) -> None:
    """RESULTS.md; and README.md's table, unless the results go elsewhere."""
    cases = tuple(map(quick, CASES)) if options.quick else CASES
    results.write_page(cases)
    if options.output is None:
        results.write_readme(ROOT / "README.md", cases)


def main() -> None:
    options = parse_options()
    chosen = [case for case in CASES if not options.cases or case.name in options.cases]
    if options.quick:
        options.rounds, options.output = 1, options.output or ROOT / ".build/bench-quick"
        chosen = [quick(case) for case in chosen]
    results = Results(options.output or HERE)
    if not options.render:
        with tempfile.TemporaryDirectory() as scratch:
            comparison = Comparison(options, results, Path(scratch))
            for case in chosen:
                comparison.run(case)
    write_pages(results, options)


if __name__ == "__main__":
    main()
