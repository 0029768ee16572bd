"""Uneven cores: what shares by measured speed bring where another process takes half of a core. `uneven.py` measures it."""

import json
import subprocess
import sys

from figures import Target, at_least, rate, spread, table, times
from program import HERE
from sections.section import Conditions, Stored

SCRIPT = HERE / "uneven.py"
LEAST = 1.2


class UnevenCores:
    name = "uneven"
    title = "Uneven cores"

    def measure(self, conditions: Conditions) -> Stored:
        """By network: samples a second with `even` shares and with `measured` ones, and their `ratio`, a median between `low` and `high`."""
        command = [sys.executable, str(SCRIPT), "--data", str(conditions.data), "--lockstep", str(conditions.binary), "--rounds", str(conditions.rounds)]
        command += ["--quick"] if conditions.is_quick else []
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    def targets(self, stored: Stored) -> list[Target]:
        figures = {network: of_network(found) for network, found in stored.items()}
        return [at_least("uneven cores: samples/s with shares by measured speed, by even ones", LEAST, times, figures)]

    def text(self, stored: Stored) -> str:
        rows = []
        for network, found in stored.items():
            rows.append([network, rate(found["even"]), rate(found["measured"]), spread(of_network(found), times)])
        headings = ["network", "even shares, samples/s", "measured shares, samples/s", "ratio"]
        return "A second process takes half of one of two cores.\n\n" + table(headings, rows)


def of_network(found: Stored) -> list[float]:
    """The ratio with its range, as values whose median and range these are."""
    return [found["low"], found["ratio"], found["high"]]
