"""Lockstep against its fastest peer on the same work, interleaved in one run; rewrites RESULTS.md beside this file.

Work: 784-25-15-10 (sigmoid, sigmoid, logits), sparse categorical cross-entropy, Adam 0.001, full MNIST, every row every epoch, two threads. The peer is jitted JAX
in the best of four variants (see peers/README.md). Each round runs every contender once; a contender's figure in a round is the median of its epochs.

    python Benchmarks/compare.py --data MNIST_FOLDER
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VARIANTS = [(threads, gather) for threads in (1, 2) for gather in ("step", "epoch")]


def lockstep(data: str, batch: int, epochs: int) -> dict:
    """One run of the release binary: the rate of each epoch but the first, and the last test accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            ROOT / ".build/release/lockstep", "train", ROOT / "configs/mnist.json", "--json", "--workers", "2", "--output", f"{folder}/run",
            "--set", f"data.path={data}", "--set", f"fit.batch_size={batch}", "--set", f"fit.epochs={epochs + 1}", "--set", "compile.optimizer.learning_rate=0.001",
        ]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    records = [json.loads(line) for line in lines[:-1]]
    return {"rates": [record["samples_per_second"] for record in records[1:]], "accuracy": records[-1]["val_accuracy"]}


def jax(data: str, batch: int, epochs: int, threads: int, gather: str) -> dict:
    command = [
        sys.executable, HERE / "peers/jax_scan.py", "--data", data, "--batch", str(batch), "--epochs", str(epochs), "--threads", str(threads),
        "--gather", gather, "--json",
    ]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return {"rates": result["samples_per_second"], "accuracy": result["test_accuracy"], "versions": result["versions"]}


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def spread(values: list[float]) -> str:
    """Median, and the smallest and largest, in thousands."""
    return f"{statistics.median(values) / 1e3:,.0f}k ({min(values) / 1e3:,.0f}–{max(values) / 1e3:,.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of the original MNIST files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5, help="timed epochs a run")
    options = parser.parse_args()
    data = os.path.abspath(options.data)

    rows, versions = [], {}
    for batch in (32, 256):
        figures: dict[str, list[float]] = {}
        accuracies: dict[str, float] = {}
        ratios = []
        for round_number in range(options.rounds):
            results = {"Lockstep, 2 workers": lockstep(data, batch, options.epochs)}
            for threads, gather in VARIANTS:
                results[f"JAX scan, {threads} CPU{'s' * (threads > 1)}, gather {gather}"] = jax(data, batch, options.epochs, threads, gather)
            medians = {name: statistics.median(result["rates"]) for name, result in results.items()}
            for name, median in medians.items():
                figures.setdefault(name, []).append(median)
                accuracies[name] = results[name]["accuracy"]
                versions = results[name].get("versions", versions)
            mine = medians.pop("Lockstep, 2 workers")
            ratios.append(mine / max(medians.values()))
            print(f"batch {batch} round {round_number + 1}: {mine / 1e3:,.0f}k, {ratios[-1]:.2f} times the best peer", flush=True)
        for name, values in figures.items():
            rows.append(f"| {batch} | {name} | {spread(values)} | {accuracies[name]:.4f} |")
        rows.append(f"| {batch} | **Lockstep by the best peer of each round** | **{statistics.median(ratios):.2f}×** ({min(ratios):.2f}–{max(ratios):.2f}) | |")

    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    (HERE / "RESULTS.md").write_text(
        f"""# Results

Made by `python Benchmarks/compare.py --data MNIST_FOLDER`: {options.rounds} rounds, {options.epochs} timed epochs a run, contenders in turn.

Machine: {cpu_model()}, {os.cpu_count()} CPUs. Versions: {named}.

784-25-15-10, Adam, full MNIST; samples a second as median (smallest–largest) over the rounds.

| batch | contender | samples/s | test accuracy |
| ---: | --- | ---: | ---: |
"""
        + "\n".join(rows)
        + "\n"
    )


if __name__ == "__main__":
    main()
