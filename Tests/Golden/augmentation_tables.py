"""What Keras's image layers make of one image, wherever nothing is left to chance: equal limits of every factor, and given noise."""

from typing import Any
from unittest.mock import patch

import numpy as np

HEIGHT, WIDTH = 16, 19
# Two layers, whose numbers are whole pixels and half a turn: what they do one after the other is exact.
STACK = [
    {"type": "random_translation", "height_factor": [2 / HEIGHT, 2 / HEIGHT], "width_factor": [3 / WIDTH, 3 / WIDTH], "fill_mode": "constant"},
    {"type": "random_rotation", "factor": [0.5, 0.5], "fill_mode": "constant"},
]
LAYERS: list[dict[str, Any]] = [
    {"type": "random_translation", "height_factor": [0.1, 0.1], "width_factor": [-0.15, -0.15]},
    {"type": "random_translation", "height_factor": [0.3, 0.3], "width_factor": [0.45, 0.45], "fill_mode": "wrap"},
    {"type": "random_translation", "height_factor": [0.9, 0.9], "width_factor": [-0.95, -0.95]},
    {"type": "random_rotation", "factor": [0.07, 0.07], "fill_mode": "constant", "fill_value": 0.5},
    {"type": "random_rotation", "factor": [-0.3, -0.3], "fill_mode": "nearest"},
    {"type": "random_rotation", "factor": [0.4, 0.4], "fill_mode": "wrap"},
    {"type": "random_zoom", "height_factor": [0.2, 0.2], "width_factor": [-0.3, -0.3]},
    {"type": "random_zoom", "height_factor": [-0.25, -0.25]},
    {"type": "random_zoom", "height_factor": [1.0, 1.0], "width_factor": [0.7, 0.7], "fill_mode": "wrap"},
    {"type": "random_erasing", "factor": [1, 1], "scale": [1, 1], "fill_value": 0.25},
    {"type": "random_erasing", "factor": [1, 1], "scale": [1, 1], "fill_value": -3, "value_range": [0.125, 1]},
]
SHEARS: list[dict[str, Any]] = [
    {"type": "random_shear", "x_factor": [0.2, 0.2], "y_factor": [0.1, 0.1], "fill_mode": "constant"},
    {"type": "random_shear", "x_factor": [0.7, 0.7]},
]
ELASTIC: list[dict[str, Any]] = [
    {"type": "random_elastic_transform", "factor": [1, 1], "scale": [1, 1]},
    {"type": "random_elastic_transform", "factor": [1, 1], "scale": [0.6, 0.6], "fill_mode": "constant", "fill_value": 0.3},
    {"type": "random_elastic_transform", "factor": [1, 1], "scale": [0.9, 0.9], "fill_mode": "wrap", "value_range": [0.2, 0.8]},
]


def make_layer(options: dict[str, Any]) -> Any:
    """Keras's layer for one of a config."""
    import keras

    name = "".join(word.capitalize() for word in options["type"].split("_"))
    return getattr(keras.layers, name)(**{key: tuple(value) if isinstance(value, list) else value for key, value in options.items() if key != "type"})


def numbers(values: Any) -> list[float]:
    return [round(float(value), 9) for value in np.asarray(values).ravel()]


def augmentation_table() -> dict[str, Any]:
    """augmentations.json."""
    random = np.random.RandomState(5)
    image = random.randint(0, 256, (HEIGHT, WIDTH)) / 255
    image[:3], image[-3:], image[:, :4], image[:, -4:] = 0, 0, 0, 0
    full = random.randint(0, 256, (HEIGHT, WIDTH)) / 255
    noise = [random.normal(size=(HEIGHT, WIDTH)).round(6) for _ in "xy"]

    def apply(options: dict[str, Any], pixels: Any) -> Any:
        return np.asarray(make_layer(options)(np.asarray(pixels).reshape(1, HEIGHT, WIDTH, 1), training=True))

    def slanted(options: dict[str, Any], sign: int) -> list[float]:
        factors = np.array([[options.get("x_factor", [0])[0], options.get("y_factor", [0])[0]]]) * sign
        transformation = {"shear_factor": factors, "input_shape": (1, HEIGHT, WIDTH, 1)}
        return numbers(make_layer(options).transform_images(full.reshape(1, HEIGHT, WIDTH, 1), transformation))

    def distorted(options: dict[str, Any]) -> list[float]:
        # With JAX and TensorFlow Keras draws the same noise for both directions; given, they differ.
        with patch("jax.random.normal", side_effect=[field.reshape(1, HEIGHT, WIDTH) for field in noise]):
            return numbers(apply(options, full))

    stacked: Any = image
    for options in STACK:
        stacked = apply(options, stacked)
    return {
        "height": HEIGHT,
        "width": WIDTH,
        "image": numbers(full),
        "layers": [{"layer": options, "pixels": [numbers(apply(options, full))]} for options in LAYERS]
        + [{"layer": options, "pixels": [slanted(options, 1), slanted(options, -1)]} for options in SHEARS],
        "framed_image": numbers(image),
        "stack": STACK,
        "stacked": numbers(stacked),
        "noise_x": numbers(noise[0]),
        "noise_y": numbers(noise[1]),
        "elastic": [{"layer": options, "pixels": [distorted(options)]} for options in ELASTIC],
    }
