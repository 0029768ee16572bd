"""Weights that PyTorch and Keras have saved, as Lockstep takes them; and the other way round: the same predictions."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from conftest import ROOT, Lockstep
from safetensors.numpy import load_file, save_file

Predict = Callable[[Path, Path], np.ndarray]

# Dense layers, both normalisations with PyTorch's least variance, and an output that the loss takes the softmax of.
LAYERS = """model.layers=[{type:'dense',units:25,activation:'relu'},{type:'batch_normalization',epsilon:1e-5},{type:'dense',units:15,activation:'tanh'},
  {type:'layer_normalization',epsilon:1e-5},{type:'dense',units:10}]"""


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def block(words: str) -> str:
    """The code of the block of Sources/Lockstep/Lockstep.docc/WeightsOfOthers.md that has these words in it."""
    blocks = (ROOT / "Sources/Lockstep/Lockstep.docc/WeightsOfOthers.md").read_text().split("```python\n")[1:]
    return next(code for code in (each.split("```")[0] for each in blocks) if words in code)


def run_block(words: str, folder: Path) -> None:
    """The block as it stands, as a program of its own in this folder."""
    done = subprocess.run([sys.executable, "-c", block(words)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_state_dict_of_pytorch(lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.manual_seed(1)
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 25), torch.nn.ReLU(), torch.nn.BatchNorm1d(25), torch.nn.Linear(25, 15), torch.nn.Tanh(), torch.nn.LayerNorm(15), torch.nn.Linear(15, 10),
    )  # fmt: skip
    inputs = torch.tensor(pixels / 255, dtype=torch.float32)
    # Running means of some digits, and factors that are not 1.
    model.train()(inputs[:1000])
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    monkeypatch.chdir(tmp_path)
    torch.save(model.state_dict(), "digits.pt")
    run_block("safetensors.torch", tmp_path)
    lockstep("import", ROOT / "configs/digits.json", "weights.safetensors", "--transpose", "--output", "imported", "--set", LAYERS)
    with torch.no_grad():
        expected = softmax(model.eval()(inputs).numpy())
    assert expected.std() > 0.01
    assert np.abs(predict(tmp_path / "imported", images) - expected).max() < 1e-5


def test_the_file_of_a_state_dict(lockstep: Lockstep, predict: Predict, run: Path, tmp_path: Path, images: Path) -> None:
    """As safetensors.torch.save_file writes it: `[outputs, inputs]`, sorted by name; here in half and double precision, too."""
    weights = load_file(run / "model.safetensors")
    state = {}
    for number, layer in enumerate(["dense", "dense_1", "dense_2"]):
        state[f"layers.{4 * number}.weight"] = np.ascontiguousarray(weights[f"{layer}.kernel"].T)
        state[f"layers.{4 * number}.bias"] = weights[f"{layer}.bias"]
    expected = predict(run, images)
    for kind, tolerance in [(np.float32, 0), (np.float64, 0), (np.float16, 0.02)]:
        file, output = tmp_path / f"{kind.__name__}.safetensors", tmp_path / kind.__name__
        save_file({name: tensor.astype(kind) for name, tensor in state.items()}, file, metadata={"format": "pt"})
        lockstep("import", ROOT / "configs/digits.json", file, "--transpose", "--output", output)
        assert np.abs(predict(output, images) - expected).max() <= tolerance


@pytest.fixture(scope="module")
def keras() -> ModuleType:
    """In double precision, so that what differs is Lockstep's rounding alone."""
    import jax
    import keras

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    return keras


def keras_model(keras: ModuleType) -> object:
    keras.utils.clear_session()
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((784,)), layers.Rescaling(1 / 255), layers.Dense(25, "relu"), layers.BatchNormalization(epsilon=1e-5), layers.Dropout(0.2), layers.Dense(15, "tanh"),
        layers.LayerNormalization(epsilon=1e-5), layers.Dense(10),
    ])  # fmt: skip
    return model


def test_a_model_of_keras(keras: ModuleType, lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    model = keras_model(keras)
    numbers = np.random.default_rng(1)
    for weight in model.weights:
        noise = numbers.normal(scale=0.1, size=weight.shape)
        weight.assign(weight.numpy() + (np.abs(noise) if "variance" in weight.path else noise))
    monkeypatch.chdir(tmp_path)
    model.save("digits.keras")
    expected = softmax(model.predict(pixels.astype(np.float64), verbose=0))
    # One that is loaded later than others has other names.
    keras_model(keras)
    exec(compile(block("weight.numpy()"), "WeightsOfOthers.md", "exec"), {})
    lockstep("import", ROOT / "configs/digits.json", "weights.safetensors", "--output", "imported", "--set", LAYERS)
    assert expected.std() > 0.01
    assert np.abs(predict(tmp_path / "imported", images) - expected).max() < 1e-6


def test_to_keras(keras: ModuleType, lockstep: Lockstep, predict: Predict, run: Path, tmp_path: Path, images: Path, pixels: np.ndarray) -> None:
    """The article's program as it stands."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/digits").symlink_to(run)
    run_block("set_weights", tmp_path)
    found = keras.saving.load_model(tmp_path / "digits.keras").predict(pixels.astype(np.float32), verbose=0)
    assert np.abs(softmax(found) - predict(run, images)).max() < 1e-5
    assert (tmp_path / "digits.weights.h5").exists()


def test_to_keras_and_back(keras: ModuleType, lockstep: Lockstep, predict: Predict, tmp_path: Path, images: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lockstep("train", ROOT / "configs/digits.json", "--quiet", "--set", "fit.epochs=2", "--set", LAYERS)
    model = keras_model(keras)
    # The two lines about the weights, and those that save, for another model than the article's.
    code = block("set_weights")
    exec(compile(code[code.index("weights = ") :], "WeightsOfOthers.md", "exec"), {"model": model, "safetensors": __import__("safetensors.numpy")})
    expected = predict(tmp_path / "runs/digits", images)
    archive, weights = keras.saving.load_model("digits.keras"), keras_model(keras)
    weights.load_weights("digits.weights.h5")
    for name, again in {"archive": archive, "weights": weights}.items():
        assert np.abs(softmax(again.predict(pixels.astype(np.float64), verbose=0)) - expected).max() < 1e-6
        save_file({weight.path: weight.numpy() for weight in again.weights}, "back.safetensors")
        lockstep("import", ROOT / "configs/digits.json", "back.safetensors", "--output", name, "--set", LAYERS)
        assert (tmp_path / name / "model.safetensors").read_bytes() == (tmp_path / "runs/digits/model.safetensors").read_bytes()
