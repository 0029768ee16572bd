"""What is compared: networks (the configs in cases/), batch sizes, and the ratio that Lockstep is after in each."""

import gzip
import json
import shutil
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Case:
    """One piece of work that every contender does alike.

    `measure` says what is timed: "rate", the samples a second of each epoch; "start-to-finish", a whole process; "until-accuracy", training to `accuracy`.
    """

    name: str
    network: str
    batch: int
    target: float
    epochs: int
    """Timed epochs of a run, after one that is not; of "until-accuracy" the most that are tried."""
    rows: int | None = None
    """An epoch is over the first `rows` training rows, for all contenders alike; None means all of them."""
    measure: str = "rate"
    accuracy: float = 0.98
    band: float = 0.015
    """How far a contender's test accuracy may lie from the median of all before the table flags it."""

    @property
    def config(self) -> Path:
        return HERE / f"cases/{self.network}.json"

    @property
    def title(self) -> str:
        what = {"rate": "", "start-to-finish": "start to finish, one epoch of ", "until-accuracy": f"time to {self.accuracy:.0%} with "}[self.measure]
        network = "-".join(["784", *map(str, self.layers)])
        extras = (("random rotation, zoom and translation", self.images), ("batch normalisation", self.batch_norm), (f"dropout {self.dropout}", self.dropout))
        layers = [words for words, used in extras if used]
        return f"{what}{network}, batch {self.batch}" + (f", {', '.join(layers)}" if layers else "") + (" (digits 0 and 1)" if self.classes else "")

    @property
    def is_narrow(self) -> bool:
        """Whether a step is so small that a library may be faster on one CPU than on two."""
        return self.layers[0] < 100

    @property
    def layers(self) -> list[int]:
        return [layer["units"] for layer in self._stack if layer["type"] == "dense"]

    @property
    def activation(self) -> str:
        return next(layer["activation"] for layer in self._stack if "activation" in layer)

    @property
    def batch_norm(self) -> bool:
        """Whether each hidden layer is normalised by the batch before its activation."""
        return any(layer["type"] == "batch_normalization" for layer in self._stack)

    @property
    def dropout(self) -> float:
        """The share of each hidden layer's outputs that is dropped in training."""
        return next((layer["rate"] for layer in self._stack if layer["type"] == "dropout"), 0)

    @property
    def images(self) -> list[dict[str, Any]]:
        """The layers that make other digits of digits in training."""
        return [layer for layer in self._stack if layer["type"].startswith("random_")]

    @property
    def is_plain(self) -> bool:
        """Whether the network has dense layers and activations only."""
        return not (self.batch_norm or self.dropout or self.images)

    @property
    def classes(self) -> list[int]:
        return self._settings["data"].get("classes", [])

    @property
    def _stack(self) -> list[dict[str, Any]]:
        return self._settings["model"]["layers"]

    @property
    def _settings(self) -> dict[str, Any]:
        """The config, which is plain JSON: what the peers do is read from the very file that Lockstep runs."""
        return json.loads(self.config.read_text())


CASES = (
    Case("25-15-10/32", "25-15-10", 32, target=8, epochs=4),
    Case("25-15-10/256", "25-15-10", 256, target=6, epochs=4),
    Case("25-15-1/32", "25-15-1", 32, target=8, epochs=10),
    Case("512-512-10/128", "512-512-10", 128, target=1.8, epochs=2),
    Case("512-512-10/1024", "512-512-10", 1024, target=1.8, epochs=2),
    Case("512-512-10-regularised/128", "512-512-10-regularised", 128, target=1, epochs=2),
    Case("512-512-10-augmented/128", "512-512-10-augmented", 128, target=1, epochs=2),
    # Ten steps an epoch: the whole of MNIST would keep the slower peers busy for minutes.
    Case("2048-2048-2048-10/1024", "2048-2048-2048-10", 1024, target=1.8, epochs=1, rows=10240, band=0.03),
    Case("start-to-finish", "25-15-10", 32, target=20, epochs=1, measure="start-to-finish", band=0.03),
    Case("time-to-98", "512-512-10", 128, target=1.8, epochs=30, measure="until-accuracy"),
)


def quick(case: Case) -> Case:
    """The same on so few rows that only its working is shown: what accuracy that gives is chance, and so in nobody's band."""
    epochs = 12 if case.measure == "until-accuracy" else 1
    return replace(case, epochs=epochs, rows=2048, accuracy=0.8, band=1)


def folder_with_rows(data: Path, rows: int | None, place: Path) -> Path:
    """A data folder whose training files hold the first `rows` rows, so that the limit is the same for all; the folder itself when there is none."""
    if rows is None:
        return data
    folder = place / f"first-{rows}"
    if not folder.exists():
        folder.mkdir()
        for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
            write_first_rows(data / name, folder / name, rows)
        for file in data.glob("t10k-*"):
            shutil.copyfile(file, folder / file.name)
    return folder


def write_first_rows(source: Path, target: Path, rows: int) -> None:
    content = source.read_bytes() if source.exists() else gzip.decompress(source.with_name(source.name + ".gz").read_bytes())
    header = 4 + 4 * content[3]
    (count,) = struct.unpack_from(">I", content, 4)
    kept = min(rows, count)
    row_bytes = (len(content) - header) // count
    target.write_bytes(content[:4] + struct.pack(">I", kept) + content[8 : header + kept * row_bytes])
