"""What Keras's callbacks do with given figures. Their models here are stand-ins: a callback only asks them for weights, a rate, and whether to stop."""

from types import SimpleNamespace
from typing import Any

import numpy as np

FALLING = [1.0, 0.8, 0.7, 0.72, 0.69, 0.695, 0.71, 0.5, 0.51, 0.505, 0.49, 0.6]
RISING = [0.1, 0.3, 0.3, 0.35, 0.34, 0.36, 0.355, 0.358, 0.35, 0.36, 0.37, 0.1]


class Model:
    def __init__(self) -> None:
        self.stop_training = False
        self.epoch = 0
        self.restored = None
        self.metrics: list[Any] = []
        self.optimizer = SimpleNamespace(learning_rate=np.float32(0.1))

    def get_weights(self) -> int:
        return self.epoch

    def set_weights(self, weights: int) -> None:
        self.restored = weights


def callback_table() -> list[dict[str, Any]]:
    from keras.callbacks import EarlyStopping, ReduceLROnPlateau

    stopping = [
        {}, {"patience": 1}, {"patience": 2, "restore_best_weights": True}, {"patience": 3, "min_delta": 0.05}, {"patience": 2, "baseline": 0.6},
        {"patience": 1, "start_from_epoch": 4, "restore_best_weights": True}, {"patience": 2, "mode": "max"},
    ]
    reducing = [
        {"patience": 1}, {"patience": 2, "factor": 0.5}, {"patience": 1, "cooldown": 2, "min_delta": 0.05}, {"patience": 1, "min_lr": 0.02},
        {"patience": 0, "mode": "max", "factor": 0.9}, {"patience": 10},
    ]
    cases = []
    for name, values in [("val_loss", FALLING), ("val_accuracy", RISING)]:
        for options in stopping:
            options = {"monitor": name, "mode": "min" if name == "val_loss" else "max", **options}
            callback, model = EarlyStopping(**options), Model()
            callback.set_model(model)
            callback.on_train_begin()
            for epoch, value in enumerate(values):
                model.epoch = epoch + 1
                callback.on_epoch_end(epoch, {name: value})
                if model.stop_training:
                    break
            callback.on_train_end()
            cases.append({"type": "early_stopping", "options": options, "values": values, "epochs": model.epoch, "restored": model.restored})
        for options in reducing:
            options = {"monitor": name, "mode": "min" if name == "val_loss" else "max", **options}
            callback, model = ReduceLROnPlateau(**options), Model()
            callback.set_model(model)
            callback.on_train_begin()
            rates = []
            for epoch, value in enumerate(values):
                logs = {name: value}
                callback.on_epoch_end(epoch, logs)
                rates.append(logs["learning_rate"])
            cases.append({"type": "reduce_lr_on_plateau", "options": options, "values": values, "rates": rates})
    return cases
