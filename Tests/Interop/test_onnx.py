"""Networks as ONNX's checker and ONNX Runtime take them: what comes out is what `lockstep predict` gives."""

import json
import threading
import urllib.request
from collections.abc import Callable
from http.server import HTTPServer
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import ROOT, Lockstep

ACTIVATIONS = [
    "linear", "sigmoid", "relu", "softmax", "tanh", "softplus", "softsign", "selu", "silu", "exponential", "hard_sigmoid", "mish", {"type": "elu", "alpha": 0.7},
    {"type": "gelu", "approximate": False}, {"type": "gelu", "approximate": True}, {"type": "leaky_relu", "negative_slope": 0.3},
]  # fmt: skip

Predict = Callable[[Path, Path], np.ndarray]


def train(lockstep: Lockstep, folder: Path, config: str, *settings: str) -> Path:
    arguments = [argument for setting in ("fit.epochs=1", *settings) for argument in ("--set", setting)]
    lockstep("train", ROOT / config, "--quiet", "--output", folder / "run", *arguments)
    return folder / "run"


def exported(lockstep: Lockstep, run: Path) -> onnxruntime.InferenceSession:
    file = run / "model.onnx"
    lockstep("export", run, "--format", "onnx", "--output", file)
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    assert (model.opset_import[0].version, model.ir_version) == (17, 8)
    return onnxruntime.InferenceSession(file)


def expect_the_same(lockstep: Lockstep, predict: Predict, run: Path, images: Path, pixels: np.ndarray) -> np.ndarray:
    session = exported(lockstep, run)
    assert [value.name for value in session.get_inputs()] == ["pixels"] and [value.name for value in session.get_outputs()] == ["probabilities"]
    found = session.run(None, {"pixels": pixels})[0]
    expected = predict(run, images)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-5
    # Answers of all kinds, or the comparison would say little.
    assert expected.std() > 1e-3
    return found


def test_logits(lockstep: Lockstep, predict: Predict, run: Path, images: Path, pixels: np.ndarray) -> None:
    found = expect_the_same(lockstep, predict, run, images, pixels)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)


def test_one_sigmoid(lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray) -> None:
    run = train(lockstep, tmp_path, "configs/zeros-and-ones.json")
    expect_the_same(lockstep, predict, run, images, pixels)
    assert {entry.key: entry.value for entry in onnx.load(run / "model.onnx").metadata_props} == {"classes": "0,1"}


def test_one_logit(lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray) -> None:
    run = train(lockstep, tmp_path, "configs/zeros-and-ones.json", "model.layers=[{type:'dense',units:1,use_bias:false}]", "compile.loss.from_logits=true")
    expect_the_same(lockstep, predict, run, images, pixels)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_activations(lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray, activation: object) -> None:
    word = json.dumps(activation)
    layers = f"[{{type:'dense',units:20,activation:{word}}},{{type:'dense',units:12}},{{type:'layer_normalization'}},{{type:'activation',activation:{word}}},{{type:'dense',units:10}}]"
    run = train(lockstep, tmp_path, "configs/digits.json", f"model.layers={layers}")
    expect_the_same(lockstep, predict, run, images, pixels)


def test_every_other_layer(lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray) -> None:
    layers = """[{type:'rescaling',scale:3},{type:'reshape',target_shape:[28,28]},{type:'random_translation',height_factor:0.1,width_factor:0.1},
      {type:'random_erasing'},{type:'flatten'},{type:'rescaling',scale:2,offset:-0.5},{type:'normalization'},{type:'dropout',rate:0.1},{type:'gaussian_noise',stddev:0.1},
      {type:'dense',units:30,use_bias:false},{type:'batch_normalization',momentum:0.5,epsilon:0.01},{type:'activation',activation:'relu'},{type:'dropout',rate:0.3},
      {type:'dense',units:20,activation:'tanh'},{type:'layer_normalization',epsilon:0.1},{type:'rescaling',scale:1.5,offset:0.2},{type:'gaussian_noise',stddev:0.1},
      {type:'activity_regularization',l2:0.001},{type:'batch_normalization',center:false,scale:false},{type:'dense',units:15},{type:'layer_normalization',center:false},
      {type:'dense',units:10,activation:'softmax'}]"""
    run = train(lockstep, tmp_path, "configs/digits.json", f"model.layers={layers}", "compile.loss.from_logits=false")
    expect_the_same(lockstep, predict, run, images, pixels)


def test_independent_sigmoids_and_regression(lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray) -> None:
    expect_the_same(lockstep, predict, train(lockstep, tmp_path / "a", "configs/ten-sigmoids.json"), images, pixels)
    run = train(lockstep, tmp_path / "b", "configs/linear-regression.json")
    session = exported(lockstep, run)
    # A number of no fixed size: close in proportion.
    assert np.allclose(session.run(["outputs"], {"pixels": pixels})[0], predict(run, images), rtol=1e-5, atol=1e-5)


def test_floats(lockstep: Lockstep, predict: Predict, run: Path, tmp_path: Path, images: Path, pixels: np.ndarray) -> None:
    """The graph for data that come as floats, here given what the bytes say."""
    lockstep("export", run, "--input-type", "float32", "--output", tmp_path / "model.onnx")
    onnx.checker.check_model(onnx.load(tmp_path / "model.onnx"), full_check=True)
    found = onnxruntime.InferenceSession(tmp_path / "model.onnx").run(None, {"inputs": pixels.astype(np.float32)})[0]
    assert np.abs(found - predict(run, images)).max() < 1e-5


def test_the_serving_example(lockstep: Lockstep, predict: Predict, run: Path, images: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of Sources/Lockstep/Lockstep.docc/Serving.md, for as many requests as the test makes; it listens from its beginning."""
    exported(lockstep, run)
    code = (ROOT / "Sources/Lockstep/Lockstep.docc/Serving.md").read_text().split("```python\n")[1].split("```")[0]
    servers: list[HTTPServer] = []
    monkeypatch.setattr(HTTPServer, "serve_forever", lambda server: servers.append(server))
    monkeypatch.chdir(run)
    exec(compile(code.replace("8000", "0"), "Sources/Lockstep/Lockstep.docc/Serving.md", "exec"), {})
    thread = threading.Thread(target=servers[0].handle_request)
    thread.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{servers[0].server_port}", data=pixels.tobytes()) as answer:
        found = np.array(json.load(answer))
    thread.join()
    servers[0].server_close()
    assert np.abs(found - predict(run, images)).max() < 1e-5


def test_equal_runs_are_equal_files(lockstep: Lockstep, run: Path, tmp_path: Path) -> None:
    files = [tmp_path / "a.onnx", tmp_path / "b.onnx"]
    for file in files:
        lockstep("export", run, "--output", file)
    assert files[0].read_bytes() == files[1].read_bytes()
