"""Trains one case in Keras, from the same config.json that Lockstep reads.

Keras and JAX take their precision from the environment and keep it for the life of the process, so they are imported inside functions:
`use_precision` must run first, and generate.py gives each precision a process of its own.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from digits import IMAGES, LABELS, read_idx
from metric_tables import make_metric
from tables import make_activation, make_loss, make_optimizer

PACKAGE = Path(__file__).resolve().parents[2]
Tensors = dict[str, np.ndarray]


def use_precision(floatx: str) -> None:
    """Makes Keras compute in `floatx` ("float32" or "float64") from here on."""
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["JAX_ENABLE_X64"] = "1" if floatx == "float64" else "0"
    # A matrix product cut among threads would be summed in an order that depends on the number of cores.
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import keras

    keras.config.set_floatx(floatx)


def read_config(case: str) -> dict[str, Any]:
    return json.loads((PACKAGE / "Tests/Golden" / case / "config.json").read_text())


def tensor_names(config: dict[str, Any]) -> list[list[str]]:
    """Names of each layer's tensors in Keras's order: dense.kernel, dense.bias, dense_1.kernel, …"""
    layers = [f"dense_{index}" if index else "dense" for index in range(len(config["model"]["layers"]))]
    return [
        [f"{name}.kernel", f"{name}.bias"] if layer.get("use_bias", True) else [f"{name}.kernel"]
        for name, layer in zip(layers, config["model"]["layers"])
    ]


def load_examples(config: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (rows, pixels) in float64 and targets, as the config's `data` section asks."""
    data = config["data"]
    folder = PACKAGE / data["path"]
    images, labels = read_idx(folder / IMAGES), read_idx(folder / LABELS).astype(np.int64)
    if classes := data.get("classes"):
        kept = np.isin(labels, classes)
        images, labels = images[kept], np.array([classes.index(label) for label in labels[kept]])
    inputs = images.reshape(len(images), -1) / data["scale"]
    match data.get("targets", "classes"):
        case "one_hot":
            return inputs, np.eye(labels.max() + 1)[labels]
        case "value":
            return inputs, labels[:, None].astype(np.float64)
        case _:
            one_output = config["model"]["layers"][-1]["units"] == 1
            return inputs, labels[:, None] if one_output else labels


def build_model(config: dict[str, Any], inputs: int) -> Any:
    import keras

    layers = [
        keras.layers.Dense(layer["units"], make_activation(layer.get("activation", "linear")), layer.get("use_bias", True))
        for layer in config["model"]["layers"]
    ]
    return keras.Sequential([keras.Input((inputs,)), *layers])


def train(case: str) -> tuple[dict[str, list[float]], Tensors]:
    """Keras's history and the trained weights of a case, in the precision of this process."""
    import keras

    config = read_config(case)
    floatx = keras.config.floatx()
    inputs, targets = load_examples(config)
    # Lockstep divides in float32 as it gathers; the nearest float32 of the quotient is the same number.
    inputs = inputs.astype(floatx)
    initial = load_file(PACKAGE / config["model"]["initial_weights"])

    # Otherwise the second case's first AUC would be called auc_1.
    keras.utils.clear_session()
    keras.utils.set_random_seed(config["seed"])
    model = build_model(config, inputs.shape[1])
    for layer, names in zip(model.layers, tensor_names(config)):
        layer.set_weights([initial[name].astype(floatx) for name in names])
    chosen = config["compile"]
    model.compile(make_optimizer(chosen["optimizer"]), make_loss(chosen["loss"]), metrics=[make_metric(metric) for metric in chosen["metrics"]])
    fit = config["fit"]
    history = model.fit(inputs, targets, epochs=fit["epochs"], batch_size=fit["batch_size"], shuffle=fit["shuffle"], verbose=0)

    names = [name for layer in tensor_names(config) for name in layer]
    weights = [np.asarray(weight) for weight in model.get_weights()]
    assert all(weight.dtype == floatx for weight in weights), "Keras ignored the precision asked for"
    return history.history, dict(zip(names, weights))
