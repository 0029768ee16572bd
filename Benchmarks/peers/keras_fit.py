"""The same network in Keras, as its users write it: compile and fit. KERAS_BACKEND chooses jax (the default) or tensorflow."""

import os
import sys
import time

import numpy as np

from images import LAYERS, SIDE
from mnist import Measurement, as_floats, parse_options, read_split, report, share_right, use_threads

parser = parse_options(__doc__)
parser.add_argument("--steps-per-execution", type=int, default=1, help="steps in one compiled call; TensorFlow gains by it")
parser.add_argument("--jit", choices=["auto", "on", "off"], default="auto", help="XLA for the step, of TensorFlow")
options = parser.parse_args()
use_threads(options.threads)
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if os.environ["KERAS_BACKEND"] != "tensorflow" and not options.augment:
    # Keras imports TensorFlow wherever it is installed, only to recognise its datasets; a user of JAX alone does not wait for that. Image layers need it.
    sys.modules["tensorflow"] = None

import keras  # noqa: E402 (its backend's thread pool has the size of the CPU set at import)


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch's training; with `--until-accuracy` also looks at the test accuracy after each, and stops there."""

    def __init__(self, measured: Measurement, test_pixels: np.ndarray, test_labels: np.ndarray) -> None:
        super().__init__()
        self.measured, self.test_pixels, self.test_labels = measured, test_pixels, test_labels

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.begin = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        end = time.perf_counter()
        self.measured.seconds.append(end - self.begin)
        if options.until_accuracy:
            accuracy = self.test_accuracy()
            self.measured.add_check(time.perf_counter() - end, accuracy)
            self.model.stop_training = accuracy >= options.until_accuracy

    def test_accuracy(self) -> float:
        return share_right(self.model.predict(self.test_pixels, batch_size=1000, verbose=0), self.test_labels)


def image_layer(layer: dict) -> keras.layers.Layer:
    return getattr(keras.layers, LAYERS[layer["type"]])(**{name: value for name, value in layer.items() if name != "type"})


def network(inputs: int) -> keras.Sequential:
    """Compiled without training metrics: they cost a Keras epoch a tenth and no other peer computes them."""
    keras.utils.set_random_seed(options.seed)
    *hidden, outputs = options.layers
    layers = [keras.layers.Reshape((SIDE, SIDE, 1)), *map(image_layer, options.augment), keras.layers.Flatten()] if options.augment else []
    for units in hidden:
        layers += [keras.layers.Dense(units), *[keras.layers.BatchNormalization()] * options.batch_norm, keras.layers.Activation(options.activation)]
        layers += [keras.layers.Dropout(options.dropout)] * (options.dropout > 0)
    model = keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(outputs)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True) if outputs == 1 else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    jit = {"auto": "auto", "on": True, "off": False}[options.jit]
    model.compile(keras.optimizers.Adam(0.001), loss, steps_per_execution=options.steps_per_execution, jit_compile=jit)
    return model


def main() -> None:
    (pixels, labels), (test_pixels, test_labels) = (read_split(options, prefix) for prefix in ("train", "t10k"))
    measured = Measurement(len(pixels), options.warm_up)
    model = network(pixels.shape[1])
    clock = Clock(measured, as_floats(test_pixels), test_labels)
    model.fit(as_floats(pixels), labels, batch_size=options.batch, epochs=options.warm_up + options.epochs, verbose=0, callbacks=[clock])
    if not options.until_accuracy:
        measured.accuracy = clock.test_accuracy()
    backend = keras.backend.backend()
    package = {"tensorflow": "tensorflow-cpu"}.get(backend, backend)
    report(f"keras_fit on {backend}", options, measured, ["keras", package, "numpy"])


if __name__ == "__main__":
    main()
