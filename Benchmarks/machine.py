"""What Lockstep alone reaches on this machine: kernels beside its peak and OpenBLAS, more workers, large data, memory. Adds to results.json and RESULTS.md.

    python Benchmarks/machine.py --data MNIST_FOLDER                        # everything: half an hour, and 13 GB of synthetic digits the first time
    python Benchmarks/machine.py --data MNIST_FOLDER --sections kernels     # one section; the others keep what they have
    python Benchmarks/machine.py --data MNIST_FOLDER --quick                # minutes, into .build/bench-quick: shows that all of it works
"""

import argparse
import subprocess
import time
from pathlib import Path

from options import QUICK, common_options, parsed
from pages import SECTIONS, write_pages
from program import ROOT, version
from results import Results
from sections.section import Conditions, LeftOut, Section


def parse_options() -> argparse.Namespace:
    names = [section.name for section in SECTIONS]
    parser = common_options(__doc__)
    parser.add_argument("--sections", nargs="+", choices=names, default=names, metavar="SECTION", help=", ".join(names))
    parser.add_argument("--synthetic", type=Path, default=ROOT / ".build/synthetic", help="folder for the synthetic digits, 13 GB, made once and kept")
    return parsed(parser)


def measure(section: Section, conditions: Conditions, results: Results) -> None:
    """One section; what is stored of it stays as it was when a program it needs fails."""
    begin = time.perf_counter()
    try:
        measured = section.measure(conditions)
    except LeftOut as reason:
        print(f"{section.name}: left out, {reason}", flush=True)
        return
    except FileNotFoundError as failure:
        print(f"{section.name}: left out, {failure.filename} is not here", flush=True)
        return
    except subprocess.CalledProcessError as failure:
        print(f"{section.name}: left out, exit code {failure.returncode} of {' '.join(map(str, failure.cmd))}", flush=True)
        return
    results.keep_section(section.name, version(conditions.binary), measured)
    for target in section.targets(measured):
        print(f"{target.what}: {target.figure}; target {target.goal}, {target.verdict.strip('*')}", flush=True)
    print(f"{section.name}: {time.perf_counter() - begin:.0f} s", flush=True)


def main() -> None:
    options = parse_options()
    results = Results(options.output)
    synthetic = QUICK / "synthetic" if options.quick else options.synthetic
    conditions = Conditions(options.lockstep, options.data, synthetic, options.rounds, options.quick, options.patience)
    for section in SECTIONS:
        if section.name in options.sections and not options.render:
            measure(section, conditions, results)
            write_pages(results, options)
    write_pages(results, options)


if __name__ == "__main__":
    main()
