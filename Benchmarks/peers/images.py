"""What moves digits in training: Keras's random rotation, zoom and translation, in this order and joined into one map, so that a digit is sampled once."""

import math
from dataclasses import dataclass
from typing import Any

SIDE = 28
LAYERS = {"random_rotation": "RandomRotation", "random_zoom": "RandomZoom", "random_translation": "RandomTranslation"}
"""Keras's classes by the types that stand in configs."""


@dataclass(frozen=True)
class Limits:
    """What is drawn evenly between −x and x: radians, shares by which a digit shrinks, and moves in pixels."""

    angle: float
    zoom: tuple[float, float]
    shift: tuple[float, float]

    @property
    def factors(self) -> list[float]:
        """What five numbers between −1 and 1 are multiplied by; width before height."""
        return [self.angle, *self.zoom, *self.shift]


def limits(layers: list[dict[str, Any]]) -> Limits:
    if [layer["type"] for layer in layers] != list(LAYERS):
        raise SystemExit(f"--augment: wants {', '.join(LAYERS)}, in this order")
    rotation, zoom, translation = layers
    return Limits(2 * math.pi * rotation["factor"], both(zoom, 1), both(translation, SIDE))


def both(layer: dict[str, Any], unit: float) -> tuple[float, float]:
    return layer["width_factor"] * unit, layer["height_factor"] * unit
