"""Tables of judgements: metrics as Keras computes them in float64, and what scikit-learn and SciPy say of answers."""

from typing import Any

import numpy as np

ROWS = 150


def logits(random: np.random.RandomState, width: int) -> np.ndarray:
    """Odd multiples of 1/64: exact in float32, and never 0, where both sides of a threshold would be near."""
    return (2 * np.round(random.normal(0, 64, (ROWS, width))) + 1) / 64


def one_hot(classes: np.ndarray, width: int) -> np.ndarray:
    return np.eye(width)[classes]


def tasks() -> dict[str, dict[str, Any]]:
    """What networks are asked, and what they answer: the sums of the last layer before its activation."""
    random = np.random.RandomState(7)
    classes = random.randint(0, 6, ROWS)
    choice = logits(random, 6) + one_hot(classes, 6)
    label = {width: logits(random, width) for width in (1, 4)}
    yes = {width: (random.uniform(0, 1, (ROWS, width)) < 1 / (1 + np.exp(-sums))).astype(float) for width, sums in label.items()}
    numbers = {width: logits(random, width) for width in (1, 3)}
    values = {width: np.round(64 * (sums * 0.7 + random.normal(0.2, 0.6, sums.shape))) / 64 for width, sums in numbers.items()}
    binary, logit = {"type": "binary_crossentropy"}, {"type": "binary_crossentropy", "from_logits": True}
    smoothed = {"type": "binary_crossentropy", "label_smoothing": 0.1}
    return {
        "yes_or_no": {"activation": "sigmoid", "loss": binary, "logits": label[1], "targets": yes[1]},
        "labels": {"activation": "sigmoid", "loss": smoothed, "logits": label[4], "targets": yes[4]},
        "label_logits": {"activation": "linear", "loss": logit, "logits": label[4], "targets": yes[4]},
        "choice": {"activation": "softmax", "loss": {"type": "categorical_crossentropy"}, "logits": choice, "targets": one_hot(classes, 6)},
        "class": {"activation": "softmax", "loss": {"type": "sparse_categorical_crossentropy"}, "logits": choice, "targets": classes},
        "number": {"activation": "linear", "loss": {"type": "mean_squared_error"}, "logits": numbers[1], "targets": values[1]},
        "numbers": {"activation": "linear", "loss": {"type": "mean_squared_error"}, "logits": numbers[3], "targets": values[3]},
    }


CURVES = [{"type": "auc", "curve": curve, "summation_method": method} for curve in ("ROC", "PR", "PRGAIN") for method in ("interpolation", "minoring", "majoring")]
ERRORS = [{"type": name} for name in ("mean_absolute_error", "mean_squared_error", "root_mean_squared_error")]
AVERAGES = [{"average": average} for average in (None, "micro", "macro", "weighted")]
POSITIVES = [
    {"type": name, **options}
    for name in ("precision", "recall")
    for options in ({}, {"thresholds": 0.3}, {"class_id": 2}, {"top_k": 2}, {"top_k": 2, "thresholds": 0.4}, {"top_k": 1, "class_id": 1})
]
METRICS: dict[str, list[dict[str, Any]]] = {
    "yes_or_no": [
        {"type": "accuracy"}, {"type": "binary_accuracy"}, {"type": "binary_accuracy", "threshold": 0.7}, {"type": "precision"}, {"type": "recall"},
        {"type": "precision", "thresholds": 0.8}, {"type": "f1_score", "threshold": 0.5}, {"type": "fbeta_score", "beta": 2.0, "threshold": 0.4},
        *CURVES, {"type": "auc", "num_thresholds": 3}, {"type": "auc", "num_thresholds": 2}, {"type": "auc", "num_thresholds": 1000, "curve": "PR"}, *ERRORS,
    ],
    "labels": [
        {"type": "binary_accuracy"}, {"type": "categorical_accuracy"}, *POSITIVES, *CURVES,
        *({**curve, "multi_label": True} for curve in CURVES),
        *({"type": "f1_score", "threshold": 0.5, **average} for average in AVERAGES),
        *({"type": "fbeta_score", "beta": 0.5, "threshold": 0.6, **average} for average in AVERAGES),
        *ERRORS, {"type": "r2_score"},
    ],
    "label_logits": [
        {"type": "binary_accuracy", "threshold": 0.0}, {"type": "precision", "thresholds": 0.5}, {"type": "auc", "from_logits": True},
        {"type": "auc", "from_logits": True, "multi_label": True, "curve": "PR"}, *ERRORS,
    ],
    "choice": [
        {"type": "accuracy"}, {"type": "categorical_accuracy"}, {"type": "top_k_categorical_accuracy"}, {"type": "top_k_categorical_accuracy", "k": 2},
        {"type": "binary_accuracy"}, *POSITIVES, {"type": "auc"}, {"type": "auc", "multi_label": True},
        *({"type": "f1_score", **average} for average in AVERAGES), *({"type": "fbeta_score", "beta": 1.5, **average} for average in AVERAGES), *ERRORS,
    ],
    "class": [
        {"type": "accuracy"}, {"type": "sparse_categorical_accuracy"}, {"type": "sparse_top_k_categorical_accuracy"},
        {"type": "sparse_top_k_categorical_accuracy", "k": 3},
    ],
    "number": [*ERRORS, {"type": "r2_score"}, {"type": "r2_score", "num_regressors": 7}],
    "numbers": [
        *ERRORS, *({"type": "r2_score", "class_aggregation": how} for how in ("uniform_average", "variance_weighted_average", None)),
        {"type": "r2_score", "num_regressors": 20, "class_aggregation": "variance_weighted_average"},
    ],
}


def make_metric(metric: Any) -> Any:
    """Keras's metric for an entry of a config's `metrics`: a word, or an object with options. `accuracy` is resolved by Keras, from the shapes."""
    import keras

    options = dict(metric) if isinstance(metric, dict) else {"type": metric}
    name = options.pop("type")
    if name == "accuracy":
        return name
    words = {"auc": "AUC", "r2_score": "R2Score", "fbeta_score": "FBetaScore"}
    return getattr(keras.metrics, words.get(name, "".join(part.capitalize() for part in name.split("_"))))(**options)


def metric_values(metric: dict[str, Any], targets: np.ndarray, outputs: np.ndarray) -> list[float]:
    """As over an epoch: batch after batch, and then the result."""
    import keras

    if metric["type"] == "accuracy":
        metric = {"type": "binary_accuracy" if outputs.shape[1] == 1 else "sparse_categorical_accuracy" if targets.ndim == 1 else "categorical_accuracy"}
    judge = make_metric(metric)
    for start in range(0, ROWS, 32):
        judge.update_state(targets[start : start + 32], outputs[start : start + 32])
    return [float(value) for value in np.ravel(keras.ops.convert_to_numpy(judge.result()))]


def metric_table() -> dict[str, Any]:
    """metrics.json: answers to each task, and what every metric with its options makes of them."""
    import keras

    table = {}
    for name, task in tasks().items():
        outputs = np.array(keras.activations.get(task["activation"])(keras.ops.convert_to_tensor(task["logits"])))
        metrics = [{"metric": metric, "values": metric_values(metric, task["targets"], outputs)} for metric in METRICS[name]]
        table[name] = {**task, "logits": task["logits"].tolist(), "targets": task["targets"].tolist(), "metrics": metrics}
    return table


def calibration(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> tuple[list[dict[str, float]], float]:
    """Guo and others, "On calibration of modern neural networks" (2017): bins (b/n, (b+1)/n] of the confidence in the answer."""
    number = np.maximum(np.ceil(confidence * bins).astype(int) - 1, 0)
    table = []
    for b in range(bins):
        chosen = number == b
        count = int(chosen.sum())
        table.append({"rows": count, "confidence": float(confidence[chosen].mean()) if count else None, "accuracy": float(right[chosen].mean()) if count else None})
    error = sum(entry["rows"] / len(right) * abs(entry["confidence"] - entry["accuracy"]) for entry in table if entry["rows"])
    return table, float(error)


def threshold_choices(targets: np.ndarray, scores: np.ndarray) -> list[dict[str, Any]]:
    """The threshold with the best recall for a wanted precision, and with the best precision for a wanted recall; of equals the highest."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, thresholds = precision_recall_curve(targets, scores)
    precision, recall = precision[:-1], recall[:-1]
    choices = []
    for kind, wanted, have, best in [("precision", p, precision, recall) for p in (0.5, 0.8, 0.95, 1.0)] + [("recall", r, recall, precision) for r in (0.3, 0.8, 1.0)]:
        fitting = [index for index in range(len(thresholds)) if have[index] >= wanted]
        chosen = max(fitting, key=lambda index: (best[index], thresholds[index])) if fitting else None
        found = None if chosen is None else {"threshold": float(thresholds[chosen]), "precision": float(precision[chosen]), "recall": float(recall[chosen])}
        choices.append({"kind": kind, "wanted": wanted, "choice": found})
    return choices


def mcnemar(first: int, second: int) -> float:
    """statsmodels's `mcnemar`: exact below 25 rows on which only one is right, else χ² with continuity correction."""
    from scipy.stats import binom, chi2

    if first + second == 0:
        return 1.0
    if first + second < 25:
        return float(min(1, 2 * binom.cdf(min(first, second), first + second, 0.5)))
    return float(chi2.sf((abs(first - second) - 1) ** 2 / (first + second), 1))


def judgement_table() -> dict[str, Any]:
    """judgements.json: reports on classes, calibration, thresholds and comparisons, from scikit-learn, NumPy and SciPy."""
    from sklearn.metrics import classification_report, confusion_matrix

    random = np.random.RandomState(11)
    truth = random.randint(0, 5, 400)
    truth[truth == 3] = 2  # a class that nobody belongs to
    sums = random.normal(0, 1, (400, 5)) + 1.5 * one_hot(truth, 5)
    shares = (np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)).astype(np.float32)
    answers = shares.argmax(axis=1)
    report = classification_report(truth, answers, labels=list(range(5)), output_dict=True, zero_division=0)
    confidence = shares.max(axis=1).astype(np.float64)
    table, error = calibration(confidence, answers == truth)
    labels = random.uniform(0, 1, (300, 3)) < [0.5, 0.2, 0.05]
    scores = np.round(np.clip(random.normal(0.4, 0.2, (300, 3)) + 0.3 * labels, 0, 1) * 64) / 64  # some of them equal
    label_report = classification_report(labels, scores > 0.5, output_dict=True, zero_division=0)
    pairs = [(0, 0), (3, 1), (10, 2), (12, 12), (5, 19), (5, 20), (13, 12), (40, 10), (100, 140), (3, 300)]
    return {
        "truth": truth.tolist(),
        "shares": [[float(share) for share in row] for row in shares],
        "confusion": confusion_matrix(truth, answers, labels=list(range(5))).tolist(),
        "classes": [{key: float(value) for key, value in report[str(number)].items()} for number in range(5)],
        "macro": report["macro avg"],
        "weighted": report["weighted avg"],
        "calibration": table,
        "calibration_error": error,
        "labels": labels.astype(int).tolist(),
        "label_classes": [{key: float(value) for key, value in label_report[str(number)].items()} for number in range(3)],
        "label_macro": label_report["macro avg"],
        "scores": scores.tolist(),
        "thresholds": [threshold_choices(labels[:, column], scores[:, column]) for column in range(3)],
        "mcnemar": [{"only_first": first, "only_second": second, "p": mcnemar(first, second)} for first, second in pairs],
    }
