"""Tables of values: activations and losses in float64 from NumPy, initialisers as Keras computes them."""

import math
from typing import Any

import numpy as np

MAGNITUDES = [0.0, 1e-4, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 17.5, 20.0, 30.0, 50.0, 87.0, 88.0, 100.0]
LOGITS = np.array(sorted([-value for value in MAGNITUDES] + MAGNITUDES, key=lambda value: (value, math.copysign(1, value))))
ROWS = np.array([
    [0.0, 0.0, 0.0, 0.0],
    [-0.0, 1e-4, -1e-4, 0.5],
    [0.5, -0.5, 5.0, -5.0],
    [20.0, -20.0, 0.0, 19.0],
    [88.0, 88.0, 88.0, 88.0],
    [-88.0, -88.0, -88.0, -87.5],
    [100.0, -100.0, 0.0, 99.0],
    [-100.0, -100.0, -100.0, 100.0],
])
BINARY_TARGETS = [0.0, 0.3, 1.0]
# The share of a standard normal's deviation that remains when it is cut at two deviations, as Keras has it.
TRUNCATION = 0.87962566103423978


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow on either side."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def binary_crossentropy(x: np.ndarray, target: float) -> np.ndarray:
    """-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), in the form that does not overflow."""
    return np.maximum(x, 0) - x * target + np.log1p(np.exp(-np.abs(x)))


def log_softmax(rows: np.ndarray) -> np.ndarray:
    shifted = rows - rows.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def function_table() -> dict[str, Any]:
    """functions.json: element-wise functions of LOGITS, then row-wise functions of ROWS."""
    table = {
        "logits": LOGITS,
        "sigmoid": sigmoid(LOGITS),
        "sigmoid_derivative": sigmoid(LOGITS) * sigmoid(-LOGITS),
        "tanh": np.tanh(LOGITS),
        "tanh_derivative": 1 / np.cosh(LOGITS) ** 2,
        "relu": np.maximum(LOGITS, 0.0),
        "relu_derivative": (LOGITS > 0).astype(float),
        "binary_crossentropy": [
            {"target": target, "loss": binary_crossentropy(LOGITS, target), "gradient": gradient}
            for target in BINARY_TARGETS
            # sigmoid(x) - 1 loses every digit once sigmoid(x) rounds to 1.
            for gradient in [(1 - target) * sigmoid(LOGITS) - target * sigmoid(-LOGITS)]
        ],
        "mean_squared_error": [
            {"target": target, "loss": (LOGITS - target) ** 2, "gradient": 2 * (LOGITS - target)} for target in [0.0, 3.0]
        ],
        "rows": ROWS,
        "softmax": np.exp(log_softmax(ROWS)),
        "sparse_categorical_crossentropy": -log_softmax(ROWS),
    }
    return plain(table)


# Keras's names with the options they are asked with, as a config writes them.
ACTIVATIONS: list[dict[str, Any]] = [
    *({"type": name} for name in ["linear", "sigmoid", "relu", "tanh", "softplus", "softsign", "selu", "silu", "exponential", "hard_sigmoid", "mish"]),
    {"type": "elu", "alpha": 1.0},
    {"type": "elu", "alpha": 0.3},
    {"type": "gelu", "approximate": False},
    {"type": "gelu", "approximate": True},
    {"type": "leaky_relu", "negative_slope": 0.2},
    {"type": "leaky_relu", "negative_slope": 0.01},
]


def activation_table() -> list[dict[str, Any]]:
    """activations.json: value and derivative of every activation of one number, at each of LOGITS, as Keras has them in float64."""
    import jax
    import keras

    table = []
    for activation in ACTIVATIONS:
        options = dict(activation)
        function = getattr(keras.activations, options.pop("type"))

        def value(logit: Any) -> Any:
            return function(logit, **options)

        table.append({"activation": activation, "value": plain(np.array([value(z) for z in LOGITS])), "derivative": plain(np.array([jax.grad(value)(z) for z in LOGITS]))})
    return table


def initializer_table() -> dict[str, Any]:
    """initializers.json: what Keras draws for a [784, 25] kernel, by formula and as measured over 100 kernels."""
    import keras

    shape, repeats = (784, 25), 100
    variances = {"glorot": 2 / (shape[0] + shape[1]), "he": 2 / shape[0]}
    table: dict[str, Any] = {"shape": list(shape)}
    for family, variance in variances.items():
        deviation = math.sqrt(variance)
        before = deviation / TRUNCATION
        formulas = {
            "uniform": {"limit": math.sqrt(3 * variance), "stddev": deviation},
            "normal": {"limit": 2 * before, "stddev": deviation, "stddev_before_truncation": before},
        }
        for kind, formula in formulas.items():
            name = f"{family}_{kind}"
            kernels = [keras.initializers.get({"class_name": name, "config": {"seed": seed}})(shape) for seed in range(repeats)]
            sample = np.stack(kernels).astype(np.float64)
            measured = {"count": sample.size, "mean": sample.mean(), "stddev": sample.std(), "largest": np.abs(sample).max()}
            table[name] = formula | {"measured": plain(measured)}
    return table


def plain(value: Any) -> Any:
    """The same value in what json can write: lists and numbers instead of arrays."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case np.ndarray() | np.generic():
            return value.tolist()
        case _:
            return value
