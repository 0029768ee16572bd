"""The options that compare.py and machine.py share."""

import argparse
from pathlib import Path

from program import BINARY, HERE, ROOT

QUICK = ROOT / ".build/bench-quick"


def common_options(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the original MNIST files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lockstep", type=Path, default=BINARY, help="the binary; also LOCKSTEP=PATH")
    parser.add_argument("--output", type=Path, default=HERE, help="another folder for results.json and RESULTS.md; README.md is then left alone")
    parser.add_argument("--render", action="store_true", help="measure nothing, only write the pages anew")
    parser.add_argument("--patience", type=float, default=20, help="seconds that a measurement waits at most until nobody else uses the cores")
    parser.add_argument("--quick", action="store_true", help="one round on few rows, into .build/bench-quick: shows that it works, measures nothing")
    return parser


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    options = parser.parse_args()
    if options.data is None and not options.render:
        parser.error("--data is needed")
    if options.quick:
        options.rounds, options.patience = 1, 0
        options.output = QUICK if options.output == HERE else options.output
    options.data, options.lockstep = options.data and options.data.resolve(), options.lockstep.resolve()
    return options
