"""What the interop tests share: the binary, a trained run, images to answer for, and the versions of everything in the first lines of the output."""

import gzip
import io
import os
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

# What Keras computes with: its smallest backend, which even that of NumPy needs.
os.environ.setdefault("KERAS_BACKEND", "jax")

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("LOCKSTEP", ROOT / ".build/release/lockstep"))
MNIST = Path(os.environ.get("LOCKSTEP_MNIST", ROOT / "../shared/data/mnist")) / "t10k-images-idx3-ubyte.gz"

Lockstep = Callable[..., subprocess.CompletedProcess[bytes]]


def pytest_report_header() -> list[str]:
    names = [line.split("==")[0] for line in (Path(__file__).parent / "requirements.txt").read_text().split()]
    return [subprocess.run([BINARY, "--version"], check=True, capture_output=True, text=True).stdout.strip(), ", ".join(f"{name} {version(name)}" for name in names)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which digits outputs were compared on: nobody should take some for all."""
    if MNIST.exists():
        terminalreporter.write_line(f"outputs compared on the 10,000 test digits of the original MNIST, {MNIST}")
    else:
        terminalreporter.write_line(f"outputs compared on 10,000 synthetic digits, not on those of the original MNIST: there is no {MNIST}; LOCKSTEP_MNIST names its folder", yellow=True)


@pytest.fixture(scope="session")
def lockstep() -> Lockstep:
    """Runs the binary with these arguments; fails the test where it fails."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, **options)
        assert done.returncode == 0, done.stderr.decode()
        return done

    return run


@pytest.fixture(scope="session")
def run(lockstep: Lockstep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run: the bundled digits through 25, 15 and 10 units for two epochs."""
    folder = tmp_path_factory.mktemp("runs") / "digits"
    lockstep("train", ROOT / "configs/digits.json", "--quiet", "--output", folder, "--set", "fit.epochs=2")
    return folder


@pytest.fixture(scope="session")
def images(lockstep: Lockstep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10,000 digits: the original MNIST's test images where its folder is there ($LOCKSTEP_MNIST, or ../shared/data/mnist), else synthetic ones, which the summary says."""
    if MNIST.exists():
        return MNIST
    folder = tmp_path_factory.mktemp("synthetic")
    lockstep("data", "synth", "--output", folder, "--count", 1, "--test", 10_000)
    packed = folder / MNIST.name
    packed.write_bytes(gzip.compress((folder / MNIST.stem).read_bytes(), compresslevel=1))
    return packed


@pytest.fixture(scope="session")
def pixels(images: Path) -> np.ndarray:
    """The same as an array of bytes, a row an image."""
    return np.frombuffer(gzip.decompress(images.read_bytes()), np.uint8, offset=16).reshape(10_000, 784)


@pytest.fixture(scope="session")
def predict(lockstep: Lockstep) -> Callable[[Path, Path], np.ndarray]:
    """What `lockstep predict` gives for the images of a file, without rows' numbers and classes: a row an image."""

    def answer(run: Path, images: Path) -> np.ndarray:
        csv = lockstep("predict", run, "--input", images).stdout.decode()
        skipped = 2 if ",class," in csv[:20] else 1
        return np.loadtxt(io.StringIO(csv), delimiter=",", skiprows=1, ndmin=2)[:, skipped:]

    return answer
