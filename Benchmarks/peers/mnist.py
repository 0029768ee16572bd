"""What the peer scripts share: their options, MNIST from IDX files, and the one line they print."""

import argparse
import gzip
import json
import os
import statistics
import struct
from importlib.metadata import version
from pathlib import Path

import numpy as np

Split = tuple[np.ndarray, np.ndarray]


def parse_options(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the MNIST files, plain or .gz")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=5, help="timed epochs, after one that is not")
    parser.add_argument("--threads", type=int, default=2, help="CPUs the process may use")
    parser.add_argument("--layers", type=lambda text: [int(units) for units in text.split(",")], default=[25, 15, 10])
    parser.add_argument("--json", action="store_true", help="print one JSON line instead of two readable ones")
    return parser


def use_threads(count: int) -> None:
    """Keeps the process on `count` CPUs. The libraries size their pools by it, so it must come before they are imported."""
    allowed = sorted(os.sched_getaffinity(0))
    if not 1 <= count <= len(allowed):
        raise SystemExit(f"--threads {count}: this process may use {len(allowed)} CPUs")
    os.sched_setaffinity(0, allowed[:count])
    os.environ["OMP_NUM_THREADS"] = str(count)


def read_idx(folder: Path, name: str) -> np.ndarray:
    plain = folder / name
    content = plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    shape = struct.unpack_from(f">{content[3]}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def read_split(folder: Path, prefix: str) -> Split:
    """Images (rows, pixels) as bytes and labels (rows) as int32, of "train" or "t10k"."""
    images = read_idx(folder, f"{prefix}-images-idx3-ubyte")
    return images.reshape(len(images), -1), read_idx(folder, f"{prefix}-labels-idx1-ubyte").astype(np.int32)


def report(peer: str, options: argparse.Namespace, rows: int, seconds: list[float], accuracy: float, libraries: list[str]) -> None:
    rates = [rows / second for second in seconds]
    result = {
        "peer": peer,
        "layers": options.layers,
        "batch": options.batch,
        "threads": options.threads,
        "samples_per_second": rates,
        "median": statistics.median(rates),
        "test_accuracy": accuracy,
        "versions": {library: version(library) for library in libraries},
    }
    if options.json:
        print(json.dumps(result))
    else:
        print(f"{peer}: {result['median']:,.0f} samples/s in the median of {len(rates)} epochs ({', '.join(f'{rate:,.0f}' for rate in rates)})")
        print(f"test accuracy {accuracy:.4f}, batch {options.batch}, {options.threads} threads")
