"""The lockstep binary: which commit it is of, what it prints as JSON, and how its memory grows while it trains."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = Path(os.environ.get("LOCKSTEP", ROOT / ".build/release/lockstep"))
WRITTEN = ("Benchmarks/results.json", "Benchmarks/RESULTS.md", "README.md")
"""What the benchmarks write themselves: a tree in which only these differ from the commit is the commit."""


def version(binary: Path) -> str:
    """The binary's version, and the commit of the working tree when the binary is its own."""
    number = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    if not binary.resolve().is_relative_to(ROOT):
        return number
    commit = git("rev-parse", "--short", "HEAD")
    changed = git("status", "--porcelain", "--", ".", *(f":(exclude){file}" for file in WRITTEN))
    return f"{number} ({commit}{'-dirty' if changed else ''})" if commit else number


def git(*arguments: str) -> str:
    """What git says of this repository; nothing where there is none."""
    return subprocess.run(["git", "-C", ROOT, *arguments], check=False, capture_output=True, text=True).stdout.strip()


def printed(binary: Path, arguments: Sequence[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that `lockstep ARGUMENTS --json` prints."""
    done = subprocess.run([binary, *arguments, "--json"], check=True, stdout=subprocess.PIPE, text=True, env=os.environ | (environment or {}))
    return json.loads(done.stdout)


def wait_for_free_cores(binary: Path, patience: float, workers: int | None = None) -> bool:
    """Waits until nobody else uses the cores (of so many workers), at most `patience` seconds; false when somebody still does.

    On a shared machine other guests run on the cores' other hyperthreads: what is measured meanwhile says as much about them.
    """
    begin = time.perf_counter()
    while True:
        report = printed(binary, ["bench", "cores", *(["--workers", str(workers)] if workers else [])])
        if all(core["product_share"] >= report["free_share"] for core in report["cores"]):
            return True
        if time.perf_counter() - begin > patience:
            return False
        time.sleep(1)


def settings(values: dict[str, object]) -> list[str]:
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


@dataclass
class Training:
    """One run of `lockstep train`."""

    epochs: list[dict[str, Any]]
    """The epochs' records,"""
    private_bytes: list[int]
    """and after each the process's anonymous resident memory."""
    seconds: float
    """From the process's start to its end."""


def train(binary: Path, config: Path, values: dict[str, object], workers: int | None = None) -> Training:
    """Trains into a folder that is then removed."""
    epochs, private = [], []
    with tempfile.TemporaryDirectory() as folder:
        command = [str(binary), "train", str(config), "--json", "--output", f"{folder}/run", *settings(values)]
        command += ["--workers", str(workers)] if workers else []
        begin = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                record = json.loads(line)
                if "epoch" in record:
                    epochs.append(record)
                    private += anonymous_memory(process.pid)
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, command)
        return Training(epochs, private, time.perf_counter() - begin)


def anonymous_memory(process: int) -> list[int]:
    """`RssAnon` in bytes: resident memory that no file backs. Nothing when the process has just ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return []
    return [1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon:")]
