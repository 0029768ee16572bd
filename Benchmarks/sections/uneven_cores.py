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
        """What `uneven.py` prints: of each case, `neighbour` and `alone`, each the samples a second of `even` and `measured` shares and the `ratios` of the rounds."""
        command = [sys.executable, str(SCRIPT), "--data", str(conditions.data), "--lockstep", str(conditions.binary), "--rounds", str(conditions.rounds)]
        command += ["--quick"] if conditions.is_quick else []
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    def targets(self, stored: Stored) -> list[Target]:
        figures = {case: found["neighbour"]["ratios"] for case, found in stored.get("cases", {}).items()}
        return [at_least("uneven cores: samples/s with shares by measured speed, by even ones", LEAST, times, figures)]

    def text(self, stored: Stored) -> str:
        rows = []
        for case, found in stored["cases"].items():
            for what in ("neighbour", "alone"):
                one = found[what]
                rows.append([case, what, rate(one["even"]), rate(one["measured"]), spread(one["ratios"], times)])
        headings = ["network, batch", "cores", "even shares, samples/s", "measured shares, samples/s", "ratio"]
        return (
            "With a *neighbour* a second process that never stops computing takes half of one of two cores; *alone* there is none, "
            "and measuring should cost nothing.\n\n" + table(headings, rows, words=(0, 1))
        )
