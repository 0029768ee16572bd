"""Event files as TensorBoard's own reader takes them: what Keras's callback would have written is there under its names, and more."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, Lockstep
from PIL import Image
from safetensors.numpy import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

ALL = {"tensors": 0}


def read(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder), size_guidance=ALL)
    events.Reload()
    return events


def values(events: EventAccumulator, tag: str) -> list[np.ndarray]:
    return [make_ndarray(event.tensor_proto) for event in events.Tensors(tag)]


def plugin(events: EventAccumulator, tag: str) -> str:
    return events.SummaryMetadata(tag).plugin_data.plugin_name


def callback(folder: Path, more: str = "") -> tuple[str, str]:
    return "--set", f"fit.callbacks=[{{type:'tensorboard',log_dir:'{folder}'{more}}}]"


@pytest.fixture(scope="module")
def logged(lockstep: Lockstep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of five epochs, `run`, and of its event files, `logs`."""
    folder = tmp_path_factory.mktemp("logged")
    lockstep(
        "train", ROOT / "configs/digits.json", "--quiet", "--output", folder / "run", "--set", "fit.epochs=5", *callback(folder / "logs", ",histogram_freq:2")
    )
    return folder


def test_figures(logged: Path) -> None:
    history = [json.loads(line) for line in (logged / "run/history.jsonl").read_text().splitlines()]
    train, validation = read(logged / "logs/train"), read(logged / "logs/validation")
    for events, name, figure in [
        (train, "epoch_loss", "loss"), (train, "epoch_accuracy", "accuracy"), (validation, "epoch_loss", "val_loss"), (validation, "epoch_accuracy", "val_accuracy"),
        (validation, "evaluation_loss_vs_iterations", "val_loss"), (validation, "evaluation_accuracy_vs_iterations", "val_accuracy"),
    ]:  # fmt: skip
        assert plugin(events, name) == "scalars"
        found = events.Tensors(name)
        assert [event.step for event in found] == ([125, 250, 375, 500, 625] if "iterations" in name else [0, 1, 2, 3, 4])
        assert [float(make_ndarray(event.tensor_proto)) for event in found] == [np.float32(record[figure]) for record in history]
        assert all(before.wall_time <= after.wall_time for before, after in zip(found, found[1:]))
    assert np.allclose(values(train, "epoch_learning_rate"), 0.01)
    assert {tag for tag in train.Tags()["tensors"] if plugin(train, tag) == "scalars"} == {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}


def test_the_same_names_as_keras(logged: Path) -> None:
    """What Keras's callback writes for the same network, where there is a TensorFlow for it to write with."""
    pytest.importorskip("tensorflow", reason="Keras's callback writes through TensorFlow, which is not installed")
    import keras

    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(25, "sigmoid"), keras.layers.Dense(15, "sigmoid"), keras.layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    inputs, labels = np.zeros((64, 784), np.float32), np.zeros(64, np.int32)
    board = keras.callbacks.TensorBoard(logged / "keras", histogram_freq=1, write_graph=False)
    model.fit(inputs, labels, validation_data=(inputs, labels), verbose=0, callbacks=[board])
    for part in ["train", "validation"]:
        expected, found = read(logged / "keras" / part), read(logged / "logs" / part)
        names = {tag.removeprefix("sequential/"): plugin(expected, tag) for tag in expected.Tags()["tensors"]}
        assert len(names) >= 4
        assert names == {tag: plugin(found, tag) for tag in found.Tags()["tensors"] if tag in names}


def test_histograms(logged: Path) -> None:
    train = read(logged / "logs/train")
    weights = load_file(logged / "run/model.safetensors")
    assert {tag for tag in train.Tags()["tensors"] if plugin(train, tag) == "histograms"} == {
        name.replace(".", "/") + end for name in weights for end in ["/histogram", "/gradient/histogram"]
    }
    for name, tensor in weights.items():
        for end in ["/histogram", "/gradient/histogram"]:
            events = train.Tensors(name.replace(".", "/") + end)
            assert [event.step for event in events] == [0, 2, 4]
            buckets = make_ndarray(events[-1].tensor_proto)
            assert buckets.shape == (30, 3) and buckets[:, 2].sum() == tensor.size
            assert np.allclose(buckets[1:, 0], buckets[:-1, 1])
            if end == "/histogram":
                # The last epoch's are those of the model.
                assert buckets[0, 0] == tensor.min() and buckets[-1, 1] == tensor.max()
                assert np.abs(buckets[:, 2] - np.histogram(tensor, bins=30)[0]).sum() <= 2
            else:
                assert np.abs(buckets[:, :2]).max() > 0


def test_the_gradient_is_the_last_steps(lockstep: Lockstep, tmp_path: Path) -> None:
    """Its norm, as far as buckets tell, is what diagnostics tell of the same step, which is the only one."""
    settings = ["--set", "fit.epochs=1", "--set", "fit.batch_size=1000", "--set", "fit.shuffle=false", "--set", "compile.optimizer={type:'sgd',learning_rate:0.5}"]
    settings += ["--set", "fit.steps_per_epoch=1", "--set", "data.validation=none", "--set", "fit.diagnostics=true"]
    lockstep("train", ROOT / "configs/digits.json", "--quiet", "--output", tmp_path / "run", *settings, *callback(tmp_path / "logs", ",histogram_freq:1"))
    train = read(tmp_path / "logs/train")
    norms = {layer["layer"]: layer for layer in json.loads((tmp_path / "run/diagnostics.jsonl").read_text())["diagnostics"]["norms"]}
    for layer in ["dense", "dense_1", "dense_2"]:
        squares = 0.0
        for name in ["kernel", "bias"]:
            buckets = values(train, f"{layer}/{name}/gradient/histogram")[0]
            squares += ((buckets[:, :2].mean(axis=1) ** 2) * buckets[:, 2]).sum()
        assert np.sqrt(squares) == pytest.approx(norms[layer]["gradient_norm"], rel=0.1)


def test_pictures_and_texts(lockstep: Lockstep, logged: Path) -> None:
    train, validation = read(logged / "logs/train"), read(logged / "logs/validation")
    assert plugin(train, "config") == "text"
    config = values(train, "config")[0].item().decode()
    assert json.loads(config.removeprefix("```\n").removesuffix("```\n")) == json.loads((logged / "run/config.json").read_text())

    examined = json.loads(lockstep("evaluate", logged / "run", "--json", "--mistakes", 25).stdout)["validation"]
    assert plugin(validation, "confusion_matrix") == "images"
    assert [event.step for event in validation.Tensors("confusion_matrix")] == [0, 2, 4]
    width, height, png = values(validation, "confusion_matrix")[-1]
    picture = np.asarray(Image.open(io.BytesIO(png)))
    assert picture.shape == (int(height), int(width)) == (160, 160)
    confusion = np.array(examined["confusion"])
    assert np.abs((255 - picture[8::16, 8::16]) - 255 * confusion / confusion.sum(axis=1, keepdims=True)).max() <= 1

    rows = [line.split("|")[1:-1] for line in values(validation, "mistakes_table")[-1].item().decode().splitlines()[2:]]
    assert [int(row[0]) for row in rows] == [mistake["row"] for mistake in examined["mistakes"]]
    assert [(int(row[1]), int(row[2])) for row in rows] == [(mistake["truth"], mistake["answer"]) for mistake in examined["mistakes"]]
    width, height, png = values(validation, "mistakes")[-1]
    sheet = np.asarray(Image.open(io.BytesIO(png)))
    assert sheet.shape == (int(height), int(width)) == (152, 152)
    assert sheet[2:30, 2:30].max() == 255 and (sheet[0] == 128).all()


def test_a_run_that_goes_on(lockstep: Lockstep, tmp_path: Path) -> None:
    arguments = ["--quiet", "--set", "fit.epochs=2", *callback(tmp_path / "logs")]
    lockstep("train", ROOT / "configs/digits.json", "--output", tmp_path / "run", *arguments)
    # A process that was killed in the middle of a record.
    (first,) = (tmp_path / "logs/train").iterdir()
    with first.open("ab") as file:
        file.write(b"\x10\0\0\0")
    lockstep("train", tmp_path / "run", "--resume", "--quiet", "--set", "fit.epochs=4")
    events = read(tmp_path / "logs/train")
    assert [event.step for event in events.Tensors("epoch_loss")] == [0, 1, 2, 3]
    assert len(list((tmp_path / "logs/train").iterdir())) == 2
