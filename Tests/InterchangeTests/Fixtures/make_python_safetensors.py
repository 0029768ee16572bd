"""Made python.safetensors, with safetensors 0.8.0 and numpy 2.4.6: python make_python_safetensors.py"""

import pathlib

import numpy
from safetensors.numpy import save_file

save_file(
    {
        "dense.kernel": numpy.array([[1.5, -2.25, 3.0e-38], [4.0, 5.0, numpy.float32(0.1)]], dtype=numpy.float32),
        "dense.bias": numpy.array([0.1, -1.0e10], dtype=numpy.float64),
        "größe \"\\\n": numpy.array(7.0, dtype=numpy.float32),
        "empty": numpy.zeros((0, 4), dtype=numpy.float32),
    },
    pathlib.Path(__file__).parent / "python.safetensors",
    metadata={"made by": "Python"},
)
