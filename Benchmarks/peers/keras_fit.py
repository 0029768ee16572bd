"""The same network in Keras, as its users write it: compile and fit. KERAS_BACKEND chooses jax (the default), tensorflow or torch."""

import os
import time

from mnist import parse_options, read_split, report, use_threads

options = parse_options(__doc__).parse_args()
use_threads(options.threads)
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras  # noqa: E402 (its backend's thread pool has the size of the CPU set at import)


class EpochSeconds(keras.callbacks.Callback):
    """Seconds of each epoch's training."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self.start)


def main() -> None:
    (pixels, labels), (test_pixels, test_labels) = (read_split(options.data, prefix) for prefix in ("train", "t10k"))
    pixels, test_pixels = (part.astype("float32") / 255 for part in (pixels, test_pixels))

    keras.utils.set_random_seed(1)
    *hidden, classes = options.layers
    model = keras.Sequential(
        [keras.Input((pixels.shape[1],)), *(keras.layers.Dense(units, "sigmoid") for units in hidden), keras.layers.Dense(classes)]
    )
    model.compile(keras.optimizers.Adam(0.001), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    timer = EpochSeconds()
    model.fit(pixels, labels, batch_size=options.batch, epochs=options.epochs + 1, verbose=0, callbacks=[timer])
    _, accuracy = model.evaluate(test_pixels, test_labels, batch_size=1000, verbose=0)

    backend = keras.backend.backend()
    # The first epoch compiles.
    report(f"keras_fit on {backend}", options, len(pixels), timer.seconds[1:], accuracy, ["keras", backend, "numpy"])


if __name__ == "__main__":
    main()
