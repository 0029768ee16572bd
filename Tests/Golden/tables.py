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


def make_activation(activation: Any) -> Any:
    """Keras's function for a config's `activation`: a word, or an object with options."""
    import keras

    options = dict(activation) if isinstance(activation, dict) else {"type": activation}
    function = getattr(keras.activations, options.pop("type"))
    return lambda x: function(x, **options)


def activation_table() -> list[dict[str, Any]]:
    """activations.json: value and derivative of every activation of one number, at each of LOGITS, as Keras has them in float64."""
    import jax

    table = []
    for activation in ACTIVATIONS:
        value = make_activation(activation)
        table.append({"activation": activation, "value": plain(np.array([value(z) for z in LOGITS])), "derivative": plain(np.array([jax.grad(value)(z) for z in LOGITS]))})
    return table


# What a loss takes as outputs and targets.
LOSS_OUTPUTS = {
    "numbers": [[0.3, -1.2, 2.4, 0.1, 0.9], [-3.0, 4.0, 0.7, -0.2, 1.1], [0.01, 0.02, -0.03, 5.5, -7.0]],
    "probabilities": [[0.3, 0.1, 0.25, 0.05, 0.3], [0.9, 0.02, 0.6, 0.5, 0.001], [0.2, 0.99, 0.7, 0.4, 0.12]],
}
LOSS_TARGETS = {
    "one_hot": [[0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]],
    "shares": [[0.1, 0.2, 0.4, 0.05, 0.25], [0.9, 0.025, 0.025, 0.03, 0.02], [0.2, 0.3, 0.15, 0.34, 0.01]],
}
LOSSES: list[dict[str, Any]] = [
    {"type": "mean_squared_error"},
    {"type": "mean_absolute_error"},
    {"type": "huber", "delta": 1.0},
    {"type": "huber", "delta": 0.25},
    {"type": "log_cosh"},
    {"type": "poisson"},
    {"type": "hinge"},
    {"type": "squared_hinge"},
    {"type": "categorical_hinge"},
    {"type": "kl_divergence"},
    *(
        {"type": name, "from_logits": from_logits, "label_smoothing": smoothing}
        for name in ["binary_crossentropy", "categorical_crossentropy"]
        for from_logits in [False, True]
        for smoothing in [0.0, 0.1]
    ),
    *({"type": "sparse_categorical_crossentropy", "from_logits": from_logits} for from_logits in [False, True]),
    *(
        {"type": "binary_focal_crossentropy", "from_logits": from_logits, "gamma": gamma, "alpha": alpha, "apply_class_balancing": balances, "label_smoothing": smoothing}
        for from_logits in [False, True]
        for gamma, alpha, balances, smoothing in [(2.0, 0.25, False, 0.0), (1.5, 0.3, True, 0.0), (0.5, 0.25, False, 0.1)]
    ),
]
KERAS_LOSSES = {
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "poisson": "Poisson",
    "hinge": "Hinge",
    "squared_hinge": "SquaredHinge",
    "categorical_hinge": "CategoricalHinge",
    "kl_divergence": "KLDivergence",
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
}


def make_loss(section: dict[str, Any], **more: Any) -> Any:
    """Keras's loss for a config's `compile.loss`."""
    import keras

    options = dict(section)
    return getattr(keras.losses, KERAS_LOSSES[options.pop("type")])(**options, **more)


def loss_table() -> list[dict[str, Any]]:
    """losses.json: each row's loss, and its gradient with respect to the outputs, as Keras has them in float64."""
    import jax
    import jax.numpy as jnp

    table = []
    for section in LOSSES:
        loss = make_loss(section, reduction=None)
        takes_any = section["type"] in ["mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "hinge", "squared_hinge", "categorical_hinge"]
        outputs_name = "numbers" if takes_any or section.get("from_logits") else "probabilities"
        is_sparse = section["type"] == "sparse_categorical_crossentropy"
        for targets_name in ["one_hot"] if is_sparse else ["one_hot", "shares"]:
            outputs, targets = jnp.array(LOSS_OUTPUTS[outputs_name]), jnp.array(LOSS_TARGETS[targets_name], dtype=float)
            asked = jnp.argmax(targets, axis=1) if is_sparse else targets
            losses, gradient = loss(asked, outputs), jax.grad(lambda outputs: loss(asked, outputs).sum())(outputs)
            table.append(
                {
                    "loss": section,
                    "outputs": plain(np.array(outputs)),
                    "targets": plain(np.array(targets)),
                    "losses": plain(np.array(losses)),
                    "gradient": plain(np.array(gradient)),
                }
            )
    return table


SCHEDULES: list[dict[str, Any]] = [
    {"type": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.8},
    {"type": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.8, "staircase": True},
    {"type": "polynomial_decay", "initial_learning_rate": 0.1, "decay_steps": 20},
    {"type": "polynomial_decay", "initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.01, "power": 2.5},
    {"type": "polynomial_decay", "initial_learning_rate": 0.1, "decay_steps": 8, "end_learning_rate": 0.01, "power": 0.5, "cycle": True},
    {"type": "piecewise_constant_decay", "boundaries": [5, 20], "values": [0.1, 0.05, 0.01]},
    {"type": "cosine_decay", "initial_learning_rate": 0.1, "decay_steps": 50},
    {"type": "cosine_decay", "initial_learning_rate": 0.0, "decay_steps": 40, "alpha": 0.1, "warmup_target": 0.2, "warmup_steps": 10},
    {"type": "cosine_decay_restarts", "initial_learning_rate": 0.1, "first_decay_steps": 7},
    {"type": "cosine_decay_restarts", "initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.0, "m_mul": 0.9, "alpha": 0.05},
    {"type": "cosine_decay_restarts", "initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.01},
    {"type": "inverse_time_decay", "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    {"type": "inverse_time_decay", "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
]
SCHEDULE_STEPS = [0, 1, 2, 3, 5, 6, 8, 10, 11, 13, 19, 20, 21, 40, 50, 100, 1000]
KERAS_SCHEDULES = {
    "exponential_decay": "ExponentialDecay",
    "polynomial_decay": "PolynomialDecay",
    "piecewise_constant_decay": "PiecewiseConstantDecay",
    "cosine_decay": "CosineDecay",
    "cosine_decay_restarts": "CosineDecayRestarts",
    "inverse_time_decay": "InverseTimeDecay",
}
OPTIMIZERS: list[dict[str, Any]] = [
    {"type": "sgd", "learning_rate": 0.1},
    {"type": "sgd", "learning_rate": 0.1, "momentum": 0.8},
    {"type": "sgd", "learning_rate": 0.1, "momentum": 0.8, "nesterov": True},
    {"type": "adam", "learning_rate": 0.01},
    {"type": "adam", "learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3, "amsgrad": True},
    {"type": "adamw", "learning_rate": 0.05},
    {"type": "adamw", "learning_rate": 0.05, "weight_decay": 0.1},
    {"type": "nadam", "learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.9},
    {"type": "adamax", "learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.9},
    {"type": "rmsprop", "learning_rate": 0.01, "rho": 0.8},
    {"type": "rmsprop", "learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "centered": True},
    {"type": "adagrad", "learning_rate": 0.1},
    {"type": "adagrad", "learning_rate": 0.1, "initial_accumulator_value": 0.5},
    {"type": "adadelta", "learning_rate": 1.0},
    {"type": "lion", "learning_rate": 0.01},
    {"type": "sgd", "learning_rate": 0.1, "weight_decay": 0.05, "clipvalue": 0.3},
    {"type": "sgd", "learning_rate": 0.1, "clipnorm": 0.5},
    {"type": "adam", "learning_rate": 0.1, "global_clipnorm": 0.5, "epsilon": 0.1},
    {"type": "sgd", "learning_rate": {"type": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5}},
    {"type": "adam", "learning_rate": 0.01, "gradient_accumulation_steps": 2},
    {
        "type": "sgd",
        "learning_rate": {"type": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5},
        "momentum": 0.5,
        "clipnorm": 0.5,
        "gradient_accumulation_steps": 3,
    },
    {"type": "rmsprop", "learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"type": "adamw", "learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3, "gradient_accumulation_steps": 2},
]
KERAS_OPTIMIZERS = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "nadam": "Nadam",
    "adamax": "Adamax",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "lion": "Lion",
}


def make_schedule(section: dict[str, Any]) -> Any:
    """Keras's schedule for a config's `learning_rate`."""
    import keras

    options = dict(section)
    return getattr(keras.optimizers.schedules, KERAS_SCHEDULES[options.pop("type")])(**options)


def make_optimizer(section: dict[str, Any]) -> Any:
    """Keras's optimizer for a config's `compile.optimizer`."""
    import keras

    options = dict(section)
    kind = KERAS_OPTIMIZERS[options.pop("type")]
    if isinstance(options.get("learning_rate"), dict):
        options["learning_rate"] = make_schedule(options["learning_rate"])
    return getattr(keras.optimizers, kind)(**options)


def schedule_table() -> list[dict[str, Any]]:
    """schedules.json: the learning rate of some steps, as Keras has it in float64."""
    return [
        {"learning_rate": section, "steps": SCHEDULE_STEPS, "rates": [float(make_schedule(section)(step)) for step in SCHEDULE_STEPS]} for section in SCHEDULES
    ]


def optimizer_table() -> list[dict[str, Any]]:
    """optimizers.json: a kernel [3, 2] and a bias [2] over five steps with given gradients, as Keras moves them in float64."""
    import keras

    random = np.random.RandomState(3)
    start = [random.uniform(-1, 1, (3, 2)), random.uniform(-1, 1, (2,))]
    gradients = [[random.uniform(-1, 1, (3, 2)), random.uniform(-1, 1, (2,))] for _ in range(5)]
    table = []
    for section in OPTIMIZERS:
        variables = [keras.Variable(value, dtype="float64") for value in start]
        optimizer = make_optimizer(section)
        optimizer.build(variables)
        weights = []
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(value, dtype="float64") for value in gradient], variables)
            weights.append(plain(np.concatenate([np.asarray(variable).ravel() for variable in variables])))
        table.append({"optimizer": section, "weights": weights})
    return [
        {"start": plain(np.concatenate([value.ravel() for value in start])), "gradients": [plain(np.concatenate([g.ravel() for g in step])) for step in gradients]},
        *table,
    ]


def initializer_table() -> dict[str, Any]:
    """initializers.json: what Keras draws for a [784, 25] kernel, by formula and as measured over 100 kernels."""
    import keras

    shape, repeats = (784, 25), 100
    variances = {"glorot": 2 / (shape[0] + shape[1]), "he": 2 / shape[0], "lecun": 1 / shape[0]}
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
