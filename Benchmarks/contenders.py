"""Who takes part: Lockstep and the peers, each as a command; one run of it comes back as one Run."""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cases import Case

HERE = Path(__file__).resolve().parent
LOCKSTEP = "Lockstep"
CPUS = 2
EXPLANATIONS = {
    "JAX scan": "a whole epoch is one compiled call, a `lax.scan` over its batches",
    "gather step": "each batch's rows are fetched as its turn comes",
    "gather epoch": "all rows are put in the epoch's order before its first batch",
    "JAX step by step": "one compiled call a batch",
    "Keras on": "`compile` and `fit` with that backend",
    "PyTorch eager": "the usual loop, with fused Adam",
    "PyTorch compiled": "a step is one graph of `torch.compile`",
    "scikit-learn": "`MLPClassifier`, one `partial_fit` an epoch",
    "1 CPU": "the process was given one only; where a step is small that is often the faster way",
}
"""What the parts of the contenders' names mean, for the reader of the pages."""


class RunFailed(Exception):
    """A contender's process failed or took too long; the message is for the reader of RESULTS.md."""


@dataclass(frozen=True)
class Contender:
    """One way to use one library. `modules` must be importable for it to take part."""

    name: str
    peer: str
    script: str = ""
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    cpus: int = CPUS
    for_start: bool = True
    """Whether this variant is run in the start-to-finish case."""
    only_wide: bool = False
    """Whether this variant is hopeless where a step is small."""
    only_dense: bool = False
    """Whether the library has no other layers."""

    def missing(self) -> list[str]:
        return [module for module in self.modules if importlib.util.find_spec(module) is None]

    def takes_part(self, case: Case) -> bool:
        if case.measure == "start-to-finish":
            return self.for_start and self.peer in (LOCKSTEP, "jax", "keras-tensorflow", "keras-jax")
        if self.only_wide and case.is_narrow or self.only_dense and not case.is_plain:
            return False
        return self.cpus == CPUS or (case.is_narrow and case.measure == "rate")


def cpus(count: int) -> str:
    return f"{count} CPU{'s' * (count > 1)}"


def peers() -> list[Contender]:
    """Every peer in every variant that may be the fastest somewhere; what else was tried is in peers/README.md."""
    return [*variants(CPUS), calls(), tensorflow(), *variants(1)]


def variants(count: int) -> list[Contender]:
    """The peers that may be faster on one CPU, on `count` of them."""
    on, both = cpus(count), count == CPUS
    torch = partial(Contender, script="torch_loop.py", modules=("torch",), cpus=count)
    jax = partial(Contender, peer="jax", script="jax_scan.py", modules=("jax",), cpus=count)
    return [
        jax(f"JAX scan, {on}, gather step", arguments=("--gather", "step"), for_start=both),
        jax(f"JAX scan, {on}, gather epoch", arguments=("--gather", "epoch"), for_start=False),
        torch(f"PyTorch eager, {on}", peer="torch"),
        torch(f"PyTorch compiled, {on}", peer="torch-compile", arguments=("--compile",)),
        Contender(f"Keras on JAX, {on}", "keras-jax", "keras_fit.py", (), {"KERAS_BACKEND": "jax"}, ("keras", "jax"), count, for_start=both),
        Contender(f"scikit-learn, {on}", "sklearn", "sklearn_fit.py", modules=("sklearn",), cpus=count, only_dense=True),
    ]


def calls() -> Contender:
    name = f"JAX step by step, {cpus(CPUS)}"
    return Contender(name, "jax", "jax_scan.py", ("--loop", "calls"), modules=("jax",), for_start=False, only_wide=True)


def tensorflow() -> Contender:
    """On both CPUs only: on one it was half as fast even at batch 32."""
    arguments = ("--steps-per-execution", "50", "--jit", "off")
    name = f"Keras on TensorFlow, {cpus(CPUS)}"
    return Contender(name, "keras-tensorflow", "keras_fit.py", arguments, {"KERAS_BACKEND": "tensorflow"}, ("keras", "tensorflow"))


@dataclass
class Run:
    """One run of one contender. `value` is samples a second, or seconds; see Case.measure."""

    value: float
    accuracy: float
    epochs: int
    process_seconds: float
    versions: dict[str, str] = field(default_factory=dict)


def run(contender: Contender, case: Case, data: Path, binary: Path, seed: int, limit: float) -> Run:
    """Runs the contender once, in `limit` seconds at most.

    - Raises: RunFailed.
    """
    return lockstep_run(binary, case, data, seed, limit) if contender.peer == LOCKSTEP else peer_run(contender, case, data, seed, limit)


def total_epochs(case: Case) -> int:
    """With the untimed one, which only rates have."""
    return case.epochs + 1 if case.measure == "rate" else case.epochs


def time_to_accuracy(intervals: list[float]) -> float:
    """Epochs by the median of one with its check. So the peers' compilation and Lockstep's start-up, which lie in the first, do not count."""
    return len(intervals) * statistics.median(intervals)


def peer_run(contender: Contender, case: Case, data: Path, seed: int, limit: float) -> Run:
    command = [
        sys.executable, str(HERE / "peers" / contender.script), "--json", "--data", str(data), "--seed", str(seed), "--threads", str(contender.cpus),
        "--layers", ",".join(map(str, case.layers)), "--activation", case.activation, "--batch", str(case.batch),
        "--epochs", str(case.epochs), "--warm-up", str(total_epochs(case) - case.epochs), *contender.arguments,
    ]  # fmt: skip
    command += ["--batch-norm"] * case.batch_norm
    if case.dropout:
        command += ["--dropout", str(case.dropout)]
    if case.images:
        command += ["--augment", json.dumps(case.images)]
    if case.classes:
        command += ["--classes", *map(str, case.classes)]
    if case.measure == "until-accuracy":
        command += ["--until-accuracy", str(case.accuracy)]
    begin = time.perf_counter()
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=limit, env=os.environ | contender.environment)
    except subprocess.TimeoutExpired as expired:
        raise RunFailed(f"not done after {limit:.0f} s") from expired
    wall = time.perf_counter() - begin
    if done.returncode != 0:
        raise RunFailed(f"exit code {done.returncode}: {(done.stderr.strip().splitlines() or ['no message'])[-1][:200]}")
    return peer_result(case, json.loads(done.stdout.splitlines()[-1]), wall)


def peer_result(case: Case, result: dict[str, Any], wall: float) -> Run:
    accuracy, seconds = result["test_accuracy"], result["epoch_seconds"]
    match case.measure:
        case "rate":
            value = result["median"]
        case "start-to-finish":
            value = wall
        case _:
            require_accuracy(case, accuracy)
            value = time_to_accuracy([epoch + check for epoch, check in zip(seconds, result["check_seconds"])])
    return Run(value, accuracy, len(seconds), wall, result["versions"])


def require_accuracy(case: Case, accuracy: float) -> None:
    if accuracy < case.accuracy:
        raise RunFailed(f"test accuracy {accuracy:.4f} after {case.epochs} epochs")


def lockstep_run(binary: Path, case: Case, data: Path, seed: int, limit: float) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        settings = [f"data.path={data}", f"fit.batch_size={case.batch}", f"fit.epochs={total_epochs(case)}", f"seed={seed}"]
        command = [str(binary), "train", str(case.config), "--json", "--workers", str(CPUS), "--output", f"{folder}/run"]
        command += [word for setting in settings for word in ("--set", setting)]
        records, arrivals, wall = lockstep_records(command, case, limit)
    accuracy = records[-1]["val_accuracy"]
    match case.measure:
        case "rate":
            value = statistics.median(record["samples_per_second"] for record in records[1:])
        case "start-to-finish":
            value = wall
        case _:
            require_accuracy(case, accuracy)
            value = time_to_accuracy([late - early for early, late in zip([0.0, *arrivals], arrivals)])
            wall = arrivals[-1]
    return Run(value, accuracy, len(records), wall)


def lockstep_records(command: list[str], case: Case, limit: float) -> tuple[list[dict[str, Any]], list[float], float]:
    """The epochs' records, when each was printed, and when the process ended, in seconds from its start. Ends it at the wanted accuracy."""
    records, arrivals = [], []
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    timer = threading.Timer(limit, process.kill)
    timer.start()
    reached = False
    for line in process.stdout:
        arrival, record = time.perf_counter() - begin, json.loads(line)
        if "epoch" in record:
            records.append(record)
            arrivals.append(arrival)
            reached = case.measure == "until-accuracy" and record["val_accuracy"] >= case.accuracy
        if reached:
            process.kill()
            break
    _, errors = process.communicate()
    timer.cancel()
    wall = time.perf_counter() - begin
    if wall >= limit:
        raise RunFailed(f"not done after {limit:.0f} s")
    if process.returncode != 0 and not reached:
        raise RunFailed(f"exit code {process.returncode}: {errors.strip()[-200:]}")
    return records, arrivals, wall
