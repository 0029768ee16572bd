"""What `fit` does with class weights, sample weights, parts of passes, batches larger than the data, CSV logs and callbacks of one's own."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

WIDTH, HIDDEN, CLASSES = 4, 5, 3
ROWS, VALIDATION_ROWS = 23, 11
EARLIER_LOG = "epoch,loss\r\n0,1.5\r\n"

# Beside what `fit` takes: `sample_weight`, `validation` and `validation_sample_weight` are true where there are some; `csv` and `reduce` are the options of these callbacks,
# in the order of the keys; `earlier_log` is in the file before; `custom` is the callback below.
CASES: list[dict[str, Any]] = [
    {"class_weight": {"0": 0.5, "2": 3.0}, "batch_size": 8, "epochs": 3},
    {"class_weight": "balanced", "batch_size": 8, "epochs": 3, "validation": True},
    {"class_weight": {"1": 2.5}, "one_hot": True, "batch_size": 7, "epochs": 2},
    {"sample_weight": True, "batch_size": 8, "epochs": 3, "validation": True, "validation_sample_weight": True},
    {"sample_weight": True, "batch_size": 40, "epochs": 4},
    {"batch_size": 1000, "epochs": 4, "validation": True},
    {"batch_size": 5, "steps_per_epoch": 2, "epochs": 6},
    {"batch_size": 5, "steps_per_epoch": 9, "epochs": 2},
    {"batch_size": 5, "steps_per_epoch": 3, "initial_epoch": 2, "epochs": 7, "validation": True, "validation_freq": 2, "sample_weight": True},
    {"batch_size": 4, "epochs": 2, "validation": True, "validation_sample_weight": True, "validation_steps": 2},
    {"batch_size": 4, "epochs": 2, "validation": True, "validation_steps": 9},
    {"batch_size": 8, "epochs": 4, "validation": True, "validation_freq": 2, "csv": {}},
    {"batch_size": 8, "epochs": 3, "reduce": {"monitor": "loss", "patience": 0, "min_delta": 9}, "csv": {"separator": ";"}},
    {"batch_size": 8, "epochs": 3, "csv": {}, "reduce": {"monitor": "loss", "patience": 0, "min_delta": 9}, "validation": True},
    {"batch_size": 8, "epochs": 4, "initial_epoch": 2, "csv": {"append": True}, "earlier_log": EARLIER_LOG},
    {"batch_size": 8, "epochs": 2, "csv": {"append": True}, "earlier_log": ""},
    {"batch_size": 8, "epochs": 2, "csv": {}, "earlier_log": EARLIER_LOG},
    {"batch_size": 5, "epochs": 5, "validation": True, "custom": True},
]


def examples(random: np.random.RandomState, rows: int) -> dict[str, Any]:
    """Inputs that tell the classes apart, most rows of class 0; a weight of 0 among the weights."""
    labels = random.choice(CLASSES, rows, p=[0.6, 0.3, 0.1])
    labels[:CLASSES] = range(CLASSES)
    inputs = (random.normal(0, 0.7, (rows, WIDTH)) + labels[:, None] * np.array([1, -1, 0.5, 0])).astype(np.float32)
    weights = random.uniform(0.1, 2, rows).astype(np.float32)
    weights[rows // 2] = 0
    return {"inputs": inputs, "labels": labels, "weights": weights}


def build_model(weights: list[np.ndarray], one_hot: bool) -> Any:
    import keras

    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((WIDTH,)), keras.layers.Dense(HIDDEN, "tanh"), keras.layers.Dense(CLASSES)])
    model.set_weights(weights)
    loss = keras.losses.CategoricalCrossentropy if one_hot else keras.losses.SparseCategoricalCrossentropy
    model.compile(keras.optimizers.SGD(0.5, momentum=0.5), loss(from_logits=True), metrics=["accuracy"])
    return model


def make_custom(events: list[list[Any]]) -> Any:
    """Writes down what it hears, changes the rate in epoch 1 and before a batch, and stops behind the second batch of epoch 3."""
    import keras

    class Custom(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            events.append(["onTrainBegin"])

        def on_train_end(self, logs=None):
            events.append(["onTrainEnd", float(logs["loss"])])

        def on_epoch_begin(self, epoch, logs=None):
            events.append(["onEpochBegin", epoch])
            if epoch == 1:
                self.model.optimizer.learning_rate = 0.2

        def on_epoch_end(self, epoch, logs=None):
            events.append(["onEpochEnd", epoch, float(logs["loss"]), float(logs["val_loss"])])

        def on_train_batch_begin(self, batch, logs=None):
            # On JAX the model's variables are elsewhere during an epoch.
            self.model.jax_state_sync()
            events.append(["onTrainBatchBegin", batch, float(self.model.optimizer.learning_rate)])
            if batch == 3:
                self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) * 0.9

        def on_train_batch_end(self, batch, logs=None):
            events.append(["onTrainBatchEnd", batch, float(logs["loss"]), float(logs["accuracy"])])
            if len([event for event in events if event[0] == "onEpochBegin"]) == 4 and batch == 1:
                self.model.stop_training = True

    return Custom()


def run_case(case: dict[str, Any], data: dict[str, Any], validation: dict[str, Any], weights: list[np.ndarray]) -> dict[str, Any]:
    import keras

    def targets(part: dict[str, Any]) -> np.ndarray:
        return np.eye(CLASSES)[part["labels"]] if case.get("one_hot") else part["labels"]

    options = {key: case[key] for key in ("batch_size", "epochs", "steps_per_epoch", "initial_epoch", "validation_freq", "validation_steps") if key in case}
    if class_weight := case.get("class_weight"):
        if class_weight == "balanced":
            present = np.unique(data["labels"])
            options["class_weight"] = dict(zip(present.tolist(), compute_class_weight("balanced", classes=present, y=data["labels"]).tolist()))
        else:
            options["class_weight"] = {int(label): weight for label, weight in class_weight.items()}
    if case.get("sample_weight"):
        options["sample_weight"] = data["weights"]
    if case.get("validation"):
        options["validation_data"] = (validation["inputs"], targets(validation))
        if case.get("validation_sample_weight"):
            options["validation_data"] += (validation["weights"],)
    model = build_model(weights, case.get("one_hot", False))
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        if "earlier_log" in case:
            log.write_bytes(case["earlier_log"].encode())
        callbacks: list[Any] = []
        for key in case:
            match key:
                case "csv":
                    callbacks.append(keras.callbacks.CSVLogger(str(log), **case["csv"]))
                case "reduce":
                    callbacks.append(keras.callbacks.ReduceLROnPlateau(**case["reduce"]))
                case "custom":
                    found["events"] = []
                    callbacks.append(make_custom(found["events"]))
        history = model.fit(data["inputs"], targets(data), shuffle=False, verbose=0, callbacks=callbacks, **options)
        if "csv" in case:
            found["log"] = log.read_bytes().decode()
    found["epochs"] = history.epoch
    found["history"] = {name: [float(value) for value in values] for name, values in history.history.items()}
    found["weights"] = [np.asarray(tensor).reshape(-1).tolist() for tensor in model.get_weights()]
    return {"case": case, "expected": found}


def fit_table() -> dict[str, Any]:
    random = np.random.RandomState(17)
    data, validation = examples(random, ROWS), examples(random, VALIDATION_ROWS)
    shapes = [(WIDTH, HIDDEN), (HIDDEN,), (HIDDEN, CLASSES), (CLASSES,)]
    weights = [random.uniform(-0.8, 0.8, shape).astype(np.float32) for shape in shapes]
    return {
        "training": {name: values.tolist() for name, values in data.items()},
        "validation": {name: values.tolist() for name, values in validation.items()},
        "weights": [tensor.reshape(-1).tolist() for tensor in weights],
        **{f"case {number}": run_case(case, data, validation, weights) for number, case in enumerate(CASES)},
    }
