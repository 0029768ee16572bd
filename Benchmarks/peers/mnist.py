"""What the peer scripts share: their options, MNIST from IDX files, the clock around their epochs, and the one line they print."""

import argparse
import gzip
import json
import os
import statistics
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

Split = tuple[np.ndarray, np.ndarray]


def parse_options(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the MNIST files, plain or .gz")
    parser.add_argument("--layers", type=lambda text: [int(units) for units in text.split(",")], default=[25, 15, 10], help="units; one output means yes or no")
    parser.add_argument("--activation", choices=["sigmoid", "relu"], default="sigmoid", help="of the hidden layers; the last gives logits")
    parser.add_argument("--batch-norm", action="store_true", help="batch normalisation before each hidden activation, with Keras's options")
    parser.add_argument("--dropout", type=float, default=0, help="share of each hidden layer's outputs that is dropped in training")
    parser.add_argument("--augment", type=json.loads, default=[], help="Keras's random rotation, zoom and translation, as a JSON list of a config's layers")
    parser.add_argument("--classes", type=int, nargs="+", help="only these digits; the first becomes class 0")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=5, help="timed epochs, after those that are not")
    parser.add_argument("--warm-up", type=int, default=1, help="untimed epochs before; they compile")
    parser.add_argument("--threads", type=int, default=2, help="CPUs the process may use")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until-accuracy", type=float, help="look at the test accuracy after each epoch, and stop at this one")
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


def read_split(options: argparse.Namespace, prefix: str) -> Split:
    """Images (rows, pixels) as bytes and labels (rows) as int32, of "train" or "t10k"; of the chosen classes only."""
    images = read_idx(options.data, f"{prefix}-images-idx3-ubyte")
    images, labels = images.reshape(len(images), -1), read_idx(options.data, f"{prefix}-labels-idx1-ubyte").astype(np.int32)
    if options.classes:
        chosen = np.isin(labels, options.classes)
        images, labels = images[chosen], np.array(options.classes).argsort()[np.searchsorted(sorted(options.classes), labels[chosen])].astype(np.int32)
    return images, labels


def as_floats(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / 255


def share_right(logits: np.ndarray, labels: np.ndarray) -> float:
    """Accuracy of logits (rows, outputs); a single output says yes above zero."""
    answers = logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(1)
    return float((answers == labels).mean())


@dataclass
class Measurement:
    """What a run took and reached. `checks` has the seconds of each look at the test accuracy, of `--until-accuracy` only."""

    rows: int
    warm_up: int
    seconds: list[float] = field(default_factory=list)
    checks: list[float] = field(default_factory=list)
    accuracy: float = 0.0

    def timed_rates(self) -> list[float]:
        return [self.rows / seconds for seconds in self.seconds[self.warm_up :]]

    def add_check(self, seconds: float, accuracy: float) -> None:
        self.checks.append(seconds)
        self.accuracy = accuracy


def measure(options: argparse.Namespace, rows: int, train_epoch: Callable[[], object], test_accuracy: Callable[[], float]) -> Measurement:
    """Runs the epochs and looks at the clock around each; `train_epoch` must not return before its work is done."""
    result = Measurement(rows, options.warm_up)
    for _ in range(options.warm_up + options.epochs):
        begin = time.perf_counter()
        train_epoch()
        end = time.perf_counter()
        result.seconds.append(end - begin)
        if options.until_accuracy:
            accuracy = test_accuracy()
            result.add_check(time.perf_counter() - end, accuracy)
            if accuracy >= options.until_accuracy:
                return result
    result.accuracy = test_accuracy()
    return result


def report(peer: str, options: argparse.Namespace, measured: Measurement, libraries: list[str]) -> None:
    rates = measured.timed_rates()
    result = {
        "peer": peer,
        "layers": options.layers,
        "activation": options.activation,
        "batch_norm": options.batch_norm,
        "dropout": options.dropout,
        "augment": options.augment,
        "classes": options.classes,
        "rows": measured.rows,
        "batch": options.batch,
        "threads": options.threads,
        "samples_per_second": rates,
        "median": statistics.median(rates) if rates else None,
        "test_accuracy": measured.accuracy,
        "epoch_seconds": measured.seconds,
        "check_seconds": measured.checks,
        "versions": {library: version(library) for library in libraries},
    }
    if options.json:
        print(json.dumps(result))
        return
    if rates:
        print(f"{peer}: {result['median']:,.0f} samples/s in the median of {len(rates)} epochs ({', '.join(f'{rate:,.0f}' for rate in rates)})")
    print(f"test accuracy {measured.accuracy:.4f} after {len(measured.seconds)} epochs, batch {options.batch}, {options.threads} threads")
