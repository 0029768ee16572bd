"""Weights as Python's safetensors reads them."""

from pathlib import Path

import numpy as np
from safetensors import safe_open


def test_the_tensors_of_a_run(run: Path) -> None:
    with safe_open(run / "model.safetensors", "np") as file:
        shapes = {name: file.get_tensor(name).shape for name in file.keys()}
        assert all(np.isfinite(file.get_tensor(name)).all() for name in file.keys())
    assert shapes == {
        "dense.kernel": (784, 25), "dense.bias": (25,), "dense_1.kernel": (25, 15), "dense_1.bias": (15,), "dense_2.kernel": (15, 10), "dense_2.bias": (10,),
    }  # fmt: skip
