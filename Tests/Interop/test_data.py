"""Data sets that NumPy wrote, read by Lockstep, and the other way round."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Lockstep

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
