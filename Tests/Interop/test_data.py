"""Data sets that NumPy wrote, read by Lockstep, and the other way round."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, Lockstep

PIXELS = np.random.default_rng(1).integers(0, 256, (50, 6, 5), dtype=np.uint8)
LABELS = np.arange(50) % 4
NUMBERS = np.random.default_rng(2).normal(size=(50, 7)).astype(np.float32)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "i8", "u2", "u4", "u8", "f4", "f8"])
def test_archives_are_read(lockstep: Lockstep, tmp_path: Path, save, dtype: str) -> None:
    save(tmp_path / "a.npz", x_train=(PIXELS % 100).astype(dtype), y_train=LABELS)
    lockstep("data", "convert", tmp_path / "a.npz", tmp_path / "b.npz")
    with np.load(tmp_path / "b.npz") as again:
        assert np.array_equal(again["x_train"], PIXELS % 100) and np.array_equal(again["y_train"], LABELS)
        assert again["x_train"].dtype == ("f4" if "f" in dtype else "u1")


def test_floats_keep_their_bits(lockstep: Lockstep, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=NUMBERS, y_train=LABELS)
    lockstep("data", "convert", tmp_path / "a.npz", tmp_path / "a.csv")
    text = np.loadtxt(tmp_path / "a.csv", delimiter=",", skiprows=1, dtype=np.float32)
    assert np.array_equal(text[:, 1:], NUMBERS) and np.array_equal(text[:, 0], LABELS)
    lockstep("data", "convert", tmp_path / "a.csv", tmp_path / "arrays", "--to", "npy")
    assert np.array_equal(np.load(tmp_path / "arrays/x_train.npy"), NUMBERS)


def test_what_numpy_writes_as_text(lockstep: Lockstep, tmp_path: Path) -> None:
    np.savetxt(tmp_path / "a.csv.gz", np.column_stack([NUMBERS, LABELS]), delimiter=",")
    report = json.loads(lockstep("data", "info", tmp_path / "a.csv.gz", "--label-column", "-1", "--json").stdout)["training"]
    assert report["rows"] == 50 and report["shape"] == [7] and report["rows_per_class"] == {"0": 13, "1": 13, "2": 12, "3": 12}
    assert np.allclose(report["range"], [NUMBERS.min(), NUMBERS.max()])


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA", "P", "1"])
@pytest.mark.parametrize("ink", [0, 255])
def test_ink_on_nothing(lockstep: Lockstep, run: Path, tmp_path: Path, mode: str, ink: int) -> None:
    """Pillow's pictures of digits without paper are answered as those with it."""
    from PIL import Image

    data = gzip.decompress(next((ROOT / "Sources/Datasets/Resources/mnist5k").glob("train-images*")).read_bytes())
    digit = Image.fromarray(np.frombuffer(data, np.uint8, offset=16 + 784 * 2100, count=784).reshape(28, 28)).resize((90, 90))
    if mode in ("P", "PA", "1"):
        digit = digit.point(lambda value: 255 * (value > 127))
    colour = Image.new("L", digit.size, ink)
    drawn = Image.merge("LA", (colour, digit)) if mode == "LA" else Image.merge("RGBA", (colour, colour, colour, digit))
    options = {}
    if mode in ("P", "PA"):
        drawn = Image.fromarray(np.where(np.asarray(digit) > 127, 0, 1).astype(np.uint8), "P")
        drawn.putpalette([ink] * 3 + [90, 9, 9])
        options["transparency"] = 1 if mode == "P" else bytes([255, 0])
    elif mode == "1":
        drawn = Image.fromarray(np.asarray(digit) > 127 if ink else np.asarray(digit) < 128)
        options["transparency"] = 0 if ink else 1
    drawn.save(tmp_path / "nothing.png", **options)
    paper = Image.composite(colour, Image.new("L", digit.size, 255 - ink), digit)
    paper.save(tmp_path / "paper.png")
    answers = [json.loads(lockstep("predict", run, "--input", tmp_path / name, "--json").stdout)["probability"] for name in ["nothing.png", "paper.png"]]
    assert np.allclose(answers[0], answers[1], atol=1e-3)
