"""The same network in scikit-learn: MLPClassifier, one partial_fit an epoch."""

import numpy as np

from mnist import as_floats, measure, parse_options, read_split, report, use_threads

options = parse_options(__doc__).parse_args()
use_threads(options.threads)

from sklearn.neural_network import MLPClassifier  # noqa: E402 (its linear algebra's thread pool has the size of the CPU set at import)


class GlorotClassifier(MLPClassifier):
    """MLPClassifier that starts from Glorot-uniform kernels and zero biases, as the others do; its own start is smaller for sigmoids."""

    def _init_coef(self, fan_in: int, fan_out: int, dtype: type) -> tuple[np.ndarray, np.ndarray]:
        limit = (6 / (fan_in + fan_out)) ** 0.5
        return self._random_state.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype, copy=False), np.zeros(fan_out, dtype)


def main() -> None:
    (pixels, labels), (test_pixels, test_labels) = (read_split(options, prefix) for prefix in ("train", "t10k"))
    pixels, test_pixels = as_floats(pixels), as_floats(test_pixels)
    model = GlorotClassifier(
        hidden_layer_sizes=options.layers[:-1],
        activation={"sigmoid": "logistic"}.get(options.activation, options.activation),
        solver="adam",  # its formula is Keras's: epsilon outside the root, bias correction in the step size
        alpha=0,
        batch_size=options.batch,
        learning_rate_init=0.001,
        epsilon=1e-7,
        random_state=options.seed,
    )
    classes = np.unique(labels)
    measured = measure(
        options, len(pixels), lambda: model.partial_fit(pixels, labels, classes=classes), lambda: float((model.predict(test_pixels) == test_labels).mean())
    )
    report("sklearn_fit", options, measured, ["scikit-learn", "numpy"])


if __name__ == "__main__":
    main()
