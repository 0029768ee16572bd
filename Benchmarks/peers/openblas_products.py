"""A dense layer's three products by OpenBLAS (the one inside NumPy's wheel), one thread, called through ctypes; prints one JSON object.

    python Benchmarks/peers/openblas_products.py 128x512x512 32x784x25      # shapes are rows x inputs x units
"""

import argparse
import ctypes
import gc
import itertools
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402 (OpenBLAS reads the variable as it is loaded)

ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112


def load() -> ctypes.CDLL:
    """The library that NumPy itself uses: integers of 64 bits, names that end in 64_."""
    (path,) = (Path(np.__file__).parents[1] / "numpy.libs").glob("libscipy_openblas64_*.so")
    library = ctypes.CDLL(str(path))
    library.scipy_openblas_get_config64_.restype = library.scipy_openblas_get_corename64_.restype = ctypes.c_char_p
    library.scipy_cblas_sgemm64_.restype = None
    return library


def product(library: ctypes.CDLL, a: np.ndarray, b: np.ndarray, c: np.ndarray, a_order: int = PLAIN, b_order: int = PLAIN) -> Callable[[], None]:
    """c = a · b with either factor transposed, as a call whose arguments are converted beforehand. An empty c makes a call that does nothing."""
    rows, columns = c.shape
    inner = a.shape[1 if a_order == PLAIN else 0]
    sizes = [ctypes.c_int64(size) for size in (rows, columns, inner)]
    strides = [ctypes.c_int64(max(1, matrix.shape[1])) for matrix in (a, b, c)]
    places = [ctypes.c_void_p(matrix.ctypes.data) for matrix in (a, b, c)]
    one, zero, orders = ctypes.c_float(1), ctypes.c_float(0), [ctypes.c_int(order) for order in (ROW_MAJOR, a_order, b_order)]
    arguments = (*orders, *sizes, one, places[0], strides[0], places[1], strides[1], zero, places[2], strides[2])
    sgemm = library.scipy_cblas_sgemm64_

    def call(a: np.ndarray = a, b: np.ndarray = b, c: np.ndarray = c) -> None:  # keeps the matrices alive
        sgemm(*arguments)

    return call


def measure(call: Callable[[], None], seconds: float) -> float:
    """Median seconds of one call, as `lockstep bench kernels` takes it: at least three samples of 50 µs or more, after one call that is not counted."""

    def sample(times: int) -> float:
        begin = time.perf_counter()
        for _ in itertools.repeat(None, times):
            call()
        return (time.perf_counter() - begin) / times

    call()
    once = sample(1)
    times = max(1, round(50e-6 / once))
    samples: list[float] = []
    begin = time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - begin < seconds:
        samples.append(sample(times))
    return statistics.median(samples)


def numbers(generator: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    return generator.uniform(-1, 1, (rows, columns)).astype(np.float32)


def products(library: ctypes.CDLL, shape: str, seconds: float, overhead: float) -> list[dict[str, object]]:
    """Times of one shape; each product is compared with NumPy's first."""
    rows, inputs, units = map(int, shape.split("x"))
    generator = np.random.default_rng(1)
    x, w, dz = numbers(generator, rows, inputs), numbers(generator, inputs, units), numbers(generator, rows, units)
    work = {
        "forward": (x, w, PLAIN, PLAIN, x @ w),
        "weight_gradient": (x, dz, TRANSPOSED, PLAIN, x.T @ dz),
        "input_gradient": (dz, w, PLAIN, TRANSPOSED, dz @ w.T),
    }
    timings = []
    for kernel, (a, b, a_order, b_order, expected) in work.items():
        out = np.empty_like(expected)
        call = product(library, a, b, out, a_order, b_order)
        call()
        np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-3)
        taken = measure(call, seconds) - overhead
        timings.append({"kernel": kernel, "rows": rows, "inputs": inputs, "units": units, "seconds": taken, "gflops": 2e-9 * rows * inputs * units / taken})
    return timings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="+")
    parser.add_argument("--seconds", type=float, default=0.05, help="for each product")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    gc.disable()
    library = load()
    # What Python adds to a call is taken off: the time of a product with nothing in it.
    empty = np.empty((0, 0), np.float32)
    overhead = measure(product(library, empty, empty, empty), options.seconds)
    timings = [timing for shape in options.shapes for timing in products(library, shape, options.seconds, overhead)]
    version = library.scipy_openblas_get_config64_().decode().split()[1]
    core = library.scipy_openblas_get_corename64_().decode()
    print(json.dumps({"version": version, "core": core, "call_seconds": overhead, "numpy": np.__version__, "kernels": timings}))


if __name__ == "__main__":
    main()
