"""What verbs print with --json, as Python's jsonschema takes `lockstep output schema VERB`."""

import json
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT / "configs/digits.json"
COMMANDS = {
    "init": ["--output", "new.json"],
    "check": [DIGITS],
    "train": [DIGITS, "--set", "fit.epochs=1", "--output", "new"],
    "sweep": [DIGITS, "--set", "fit.epochs=1", "--grid", "fit.batch_size=500,1000", "--output", "sweep"],
    "find-lr": [DIGITS, "--steps", "20"],
    "evaluate": ["RUN"],
    "inspect": ["RUN"],
    "compare": ["RUN", "RUN"],
    "report": ["RUN", "--output", "page.html"],
    "explain": ["RUN"],
    "gradcheck": [DIGITS, "--rows", "2", "--samples", "2"],
    "predict": ["RUN", "--input", "synth/t10k-images-idx3-ubyte"],
    "export": ["RUN", "--output", "model.onnx"],
    "import": [DIGITS, "RUN/model.safetensors", "--output", "imported"],
    "topology": [],
    "bench": ["kernels"],
    "data info": ["synth"],
    "data convert": ["synth", "arrays.npz"],
    "data synth": ["--output", "more", "--count", "10", "--test", "10"],
}  # fmt: skip
BENCHES = [["kernels"], ["scaling", "--max-workers", "2"]]


def validate(lockstep, verb: str, words: list, folder: Path) -> None:
    compare(lockstep, verb, lockstep(*verb.split(), *words, "--json", cwd=folder).stdout.decode())


def compare(lockstep, verb: str, output: str) -> None:
    schema = json.loads(lockstep("output", "schema", *verb.split()).stdout)
    Draft202012Validator.check_schema(schema)
    documents = output.splitlines() if schema["title"].endswith("each line") else [output]
    assert documents
    for document in documents:
        errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(json.loads(document))]
        assert errors == []


@pytest.fixture(scope="module")
def folder(lockstep, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    lockstep("train", DIGITS, "--quiet", "--output", folder / "RUN", "--set", "fit.epochs=2", "--set", "fit.diagnostics=true")
    lockstep("data", "synth", "--output", folder / "synth", "--count", 20, "--test", 10)
    return folder


@pytest.mark.parametrize("verb", COMMANDS)
def test_what_is_printed_is_what_is_said(verb: str, lockstep, folder: Path) -> None:
    validate(lockstep, verb, COMMANDS[verb], folder)


@pytest.mark.parametrize("words", BENCHES)
def test_benchmarks(words: list, lockstep, folder: Path) -> None:
    validate(lockstep, "bench", words, folder)


def test_a_server(lockstep, folder: Path) -> None:
    """What it prints when it listens; it goes on until it is told to end."""
    with subprocess.Popen([BINARY, "serve", folder / "RUN", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        server.terminate()
    compare(lockstep, "serve", line)


def test_no_verb_is_forgotten(lockstep) -> None:
    verbs = [line.strip().split("  ")[0] for line in lockstep("--help").stdout.decode().splitlines() if line.startswith("  ")]
    with_json = {verb for verb in verbs if "\n  --json " in lockstep(*verb.split(), "--help").stdout.decode()}
    assert with_json - set(COMMANDS) == {"data fetch", "serve"}
