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
from sklearn.utils.class_weight import compute_class_weight

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
    """Names of each layer's tensors in Keras's order: dense.kernel, dense.bias, dense_1.kernel, …; none for a layer without."""
    seen: dict[str, int] = {}
    names = []
    for layer in config["model"]["layers"]:
        kind = layer["type"]
        name = f"{kind}_{seen[kind]}" if kind in seen else kind
        seen[kind] = seen.get(kind, 0) + 1
        match kind:
            case "dense":
                tensors = ["kernel"] + ["bias"] * layer.get("use_bias", True)
            case "batch_normalization" | "layer_normalization":
                tensors = ["gamma"] * layer.get("scale", True) + ["beta"] * layer.get("center", True)
                tensors += ["moving_mean", "moving_variance"] * (kind == "batch_normalization")
            case "normalization":
                tensors = ["mean", "variance"]
            case _:
                tensors = []
        names.append([f"{name}.{tensor}" for tensor in tensors])
    return names


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
            one_output = [layer for layer in config["model"]["layers"] if layer["type"] == "dense"][-1]["units"] == 1
            return inputs, labels[:, None] if one_output else labels


def make_keeper(described: Any) -> Any:
    """Keras's regulariser or constraint for a config's word or object."""
    import keras

    options = dict(described) if isinstance(described, dict) else {"type": described}
    name = options.pop("type")
    room = keras.regularizers if name.startswith("l") else keras.constraints
    return getattr(room, name)(**options)


def fit_options(config: dict[str, Any], targets: np.ndarray) -> dict[str, Any]:
    """The options of `fit` that stand under the same names in the config; and weights of the rows.

    Keras takes weights of classes or of samples. Where a case has both, their products are the samples'.
    """
    fit = config["fit"]
    options = {key: fit[key] for key in ("epochs", "batch_size", "shuffle", "initial_epoch", "steps_per_epoch") if key in fit}
    classes = targets.argmax(axis=1) if targets.ndim > 1 and targets.shape[1] > 1 else targets.reshape(-1).astype(np.int64)
    of_class = {}
    match fit.get("class_weight"):
        case "balanced":
            present = np.unique(classes)
            of_class = dict(zip(present.tolist(), compute_class_weight("balanced", classes=present, y=classes).tolist()))
        case dict(weights):
            of_class = {int(label): weight for label, weight in weights.items()}
    if path := config["data"].get("sample_weight"):
        samples = read_idx(PACKAGE / path).astype(np.float32)
        options["sample_weight"] = samples * np.array([of_class.get(label, 1) for label in classes], np.float32)
    elif of_class:
        options["class_weight"] = of_class
    return options


def make_layer(described: dict[str, Any]) -> Any:
    import keras

    options = {key: value for key, value in described.items() if key != "type"}
    match described["type"]:
        case "dense":
            kept = {key: make_keeper(value) for key, value in options.items() if key.endswith(("_regularizer", "_constraint"))}
            return keras.layers.Dense(options["units"], make_activation(options.get("activation", "linear")), options.get("use_bias", True), **kept)
        case "activation":
            return keras.layers.Activation(make_activation(options["activation"]))
        case "batch_normalization" | "layer_normalization":
            kind = keras.layers.BatchNormalization if described["type"] == "batch_normalization" else keras.layers.LayerNormalization
            return kind(**{key: make_keeper(value) if key.endswith(("_regularizer", "_constraint")) else value for key, value in options.items()})
        case "activity_regularization":
            return keras.layers.ActivityRegularization(**options)
        case "normalization":
            return keras.layers.Normalization(**options)
        case "rescaling":
            return keras.layers.Rescaling(**options)
        case "flatten":
            return keras.layers.Flatten()
    raise ValueError(described["type"])


def build_model(config: dict[str, Any], inputs: int) -> Any:
    import keras

    return keras.Sequential([keras.Input((inputs,)), *(make_layer(layer) for layer in config["model"]["layers"])])


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
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt(inputs)
        elif names:
            layer.set_weights([initial[name].astype(floatx) for name in names])
    chosen = config["compile"]
    model.compile(make_optimizer(chosen["optimizer"]), make_loss(chosen["loss"]), metrics=[make_metric(metric) for metric in chosen["metrics"]])
    history = model.fit(inputs, targets, verbose=0, **fit_options(config, targets))

    final: Tensors = {}
    for layer, names in zip(model.layers, tensor_names(config)):
        # A normalisation of inputs counts its rows behind mean and variance.
        for name, weight in zip(names, layer.get_weights()):
            assert np.asarray(weight).dtype == floatx, "Keras ignored the precision asked for"
            final[name] = np.asarray(weight).reshape(-1) if name.startswith("normalization.") else np.asarray(weight)
    return history.history, final
