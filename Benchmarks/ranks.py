"""Several processes that train one model: Lockstep under mpirun and PyTorch's DistributedDataParallel on gloo, in turn, with the same network, data and global batch.

Each rank has one worker on a core of its own. Prints for each case both medians of samples per second, and the ratio's median and range over the rounds; a ratio is taken within a
round. Needs `make mpi`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from program import BINARY, HERE, settings

CASES = {"25-15-10": (256, "sigmoid", 3.0), "512-512-10": (1024, "relu", 1.5)}
"""For each the global batch, the hidden activation and the ratio aimed at."""


def lockstep(options: argparse.Namespace, case: str, batch: int) -> float:
    """Samples per second: the median of its epochs but the first."""
    with tempfile.TemporaryDirectory() as folder:
        values: dict[str, object] = {"data.path": options.data, "data.validation": "none", "fit.batch_size": batch, "fit.epochs": options.epochs + 1}
        launcher = ["mpirun.openmpi", "--allow-run-as-root", "-n", str(options.ranks), "--bind-to", "core"]
        train = [BINARY, "train", HERE / f"cases/{case}.json", "--workers", "1", "--quiet", "--output", f"{folder}/run", *settings(values)]
        subprocess.run([*launcher, *train], check=True)
        epochs = [json.loads(line) for line in Path(f"{folder}/run/history.jsonl").read_text().splitlines()]
    return statistics.median(epoch["samples_per_second"] for epoch in epochs[1:])


def ddp(options: argparse.Namespace, case: str, batch: int, activation: str) -> float:
    """Samples per second: the median of its epochs but the first."""
    command = [sys.executable, HERE / "peers/torch_ddp.py", "--data", options.data, "--layers", case.replace("-", ","), "--activation", activation]
    command += ["--batch", str(batch), "--epochs", str(max(1, options.epochs // 4)), "--ranks", str(options.ranks), "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HERE / "peers")
    return json.loads(done.stdout.splitlines()[-1])["median"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the original MNIST files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8, help="timed, of Lockstep; of PyTorch a quarter")
    parser.add_argument("--ranks", type=int, default=2)
    options = parser.parse_args()
    options.data = options.data.resolve()
    print(f"{options.ranks} ranks × 1 worker, {os.cpu_count()} CPUs")
    for case, (batch, activation, target) in CASES.items():
        ours: list[float] = []
        theirs: list[float] = []
        for number in range(options.rounds):
            for side in ("ours", "theirs") if number % 2 == 0 else ("theirs", "ours"):
                if side == "ours":
                    ours.append(lockstep(options, case, batch))
                else:
                    theirs.append(ddp(options, case, batch, activation))
        ratios = [mine / other for mine, other in zip(ours, theirs)]
        print(
            f"{case}, batch {batch}: Lockstep {statistics.median(ours):,.0f} samples/s, DDP {statistics.median(theirs):,.0f}; "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}), aimed at {target}"
        )


if __name__ == "__main__":
    main()
