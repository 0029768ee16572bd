"""The first thing that a newcomer runs: how long `lockstep train configs/digits.json` takes, start to finish."""

from figures import Target, at_most, seconds, spread
from program import ROOT, train
from sections.section import Conditions, Stored

MOST = 1.0


class Digits:
    name = "digits"
    title = "The bundled digits, start to finish"

    def measure(self, conditions: Conditions) -> Stored:
        return {"seconds": [round(train(conditions.binary, ROOT / "configs/digits.json", {}).seconds, 4) for _ in range(conditions.rounds)]}

    def targets(self, stored: Stored) -> list[Target]:
        return [at_most("start to finish: `lockstep train configs/digits.json`", MOST, seconds, {"": stored.get("seconds", [])})]

    def text(self, stored: Stored) -> str:
        return f"`lockstep train configs/digits.json`, 20 epochs, the whole process, medians over the rounds: {spread(stored['seconds'], seconds)}."
