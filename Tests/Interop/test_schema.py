"""configs/schema.json, as Python's jsonschema takes it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "configs/schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
GOLDEN = sorted(path.parent.name for path in ROOT.glob("Tests/Golden/*/config.json"))
SHIPPED = sorted(path.name for path in ROOT.glob("configs/*.json") if path.name != "schema.json")


def complaints(config: object) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in VALIDATOR.iter_errors(config)]


def resolved(lockstep, config: Path, folder: Path, *settings: str) -> dict:
    """What a run's config.json holds; `config` may be JSON5."""
    sets = [word for setting in ("fit.epochs=1", "fit.initial_epoch=0", *settings) for word in ("--set", setting)]
    lockstep("train", config, "--quiet", "--output", folder, *sets, cwd=ROOT / "Tests/Golden")
    return json.loads((folder / "config.json").read_text())


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", GOLDEN)
def test_every_config_of_the_tests(name: str) -> None:
    assert complaints(json.loads((ROOT / "Tests/Golden" / name / "config.json").read_text())) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_every_config_that_ships_as_it_is_resolved(name: str, lockstep, tmp_path: Path) -> None:
    data = tmp_path / "data"
    lockstep("data", "synth", "--output", data, "--count", 200, "--test", 50)
    settings = [f"data.path={data}"] if "mnist" in name else []
    assert complaints(resolved(lockstep, ROOT / "configs" / name, tmp_path / "run", *settings)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["fit", "epoch"], 3), (["fit", "epochs"], 0), (["fit", "epochs"], "3"), (["fit", "shuffle"], 1), (["seed"], -1), (["name"], ""), (["speed"], 1),
        (["compile", "optimizer", "type"], "adm"), (["compile", "optimizer", "beta1"], 0.9), (["compile", "optimizer", "beta_1"], 1),
        (["compile", "optimizer", "learning_rate"], 0), (["compile", "loss"], "crossentropy"), (["compile", "metrics"], ["acuracy"]),
        (["compile", "loss", "delta"], 1), (["model", "layers"], []), (["model", "layers", 0, "units"], None), (["model", "layers", 0, "units"], 1.5),
        (["model", "layers", 0, "activation"], "sigmod"), (["model", "layers", 0, "rate"], 0.5), (["model", "layers", 0, "bias_initializer"], "orthogonal"),
        (["model", "layers", 0, "type"], "conv"), (["data", "source"], "idx"), (["data", "validation"], {"fraction": 1}), (["data", "validation"], "some"),
        (["data", "scale"], 0), (["fit", "class_weight"], {"a": 1}), (["fit", "class_weight"], {}), (["fit", "callbacks"], ["csv_logger"]),
        (["fit", "checkpoint", "keep"], 0), (["engine", "workers"], "all"), (["engine", "placement"], "near"), (["engine", "balance"], None),
    ],
)  # fmt: skip
def test_what_the_reader_refuses_the_schema_refuses(path: list, value: object, run: Path, lockstep, tmp_path: Path) -> None:
    config = json.loads((run / "config.json").read_text())
    assert complaints(config) == []
    place = config
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert complaints(config) != []
    (tmp_path / "digits.json").write_text(json.dumps(config))
    with pytest.raises(AssertionError):
        lockstep("check", tmp_path / "digits.json")
