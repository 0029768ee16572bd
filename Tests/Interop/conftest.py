"""What the interop tests share: the binary, a trained run, and the versions of everything in the first lines of the output."""

import os
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("LOCKSTEP", ROOT / ".build/release/lockstep"))

Lockstep = Callable[..., subprocess.CompletedProcess[bytes]]


def pytest_report_header() -> list[str]:
    names = [line.split("==")[0] for line in (Path(__file__).parent / "requirements.txt").read_text().split() if "==" in line]
    return [subprocess.run([BINARY, "--version"], check=True, capture_output=True, text=True).stdout.strip(), ", ".join(f"{name} {version(name)}" for name in names)]


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
