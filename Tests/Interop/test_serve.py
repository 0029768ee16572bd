"""The page of `lockstep serve` as a browser shows it, and the endpoint as clients of TensorFlow Serving and KServe ask it."""

import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from conftest import BINARY, ROOT, Lockstep
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
# What a page is when nothing is asked. Its policy forbids what Playwright waits for functions with.
IDLE = "main[aria-busy=false]"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium, which `.ci/install-packages --interop` installs")


@contextmanager
def serving(run: Path, *options: str) -> Iterator[str]:
    """Serves a run on a port of its own; gives the address without the last slash, and expects that SIGTERM ends it well."""
    process = subprocess.Popen([BINARY, "serve", run, "--port", "0", "--json", *options], stdout=subprocess.PIPE)
    try:
        yield json.loads(process.stdout.readline())["address"].rstrip("/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def good_run(lockstep: Lockstep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that knows its digits."""
    folder = tmp_path_factory.mktemp("served") / "run"
    lockstep("train", ROOT / "configs/digits.json", "--quiet", "--output", folder)
    return folder


@pytest.fixture(scope="module")
def address(good_run: Path) -> Iterator[str]:
    with serving(good_run) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # A sandbox needs what containers and root do not have; the page is our own.
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """Opens a page of some width and scheme; gives it and what the browser complains of, to which what it asks of others is added."""
    contexts = []

    def open_page(address: str, width: int = 1000, scheme: str = "light", **options: object) -> tuple[Page, list[str]]:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        contexts.append(context)
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith((address + "/", "data:")) else complaints.append(f"request: {request.url}"))
        page.goto(address + "/")
        page.wait_for_selector(IDLE)
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


def strokes(image: np.ndarray) -> list[list[tuple[float, float]]]:
    """A digit as one would draw it: its ink thinned to lines a pixel wide (Zhang and Suen, 1984), and those followed; in shares of the image's side."""
    ink = np.pad(image > 90, 1)
    while True:
        before = ink.sum()
        for last in (0, 1):
            n = [np.roll(ink, (-dy, -dx), (0, 1)) for dy, dx in [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]]
            around, turns = sum(each.astype(int) for each in n), sum((~n[k] & n[(k + 1) % 8]).astype(int) for k in range(8))
            open_sides = (~(n[0] & n[2] & n[4]) & ~(n[2] & n[4] & n[6])) if last == 0 else (~(n[0] & n[2] & n[6]) & ~(n[0] & n[4] & n[6]))
            ink = ink & ~((around >= 2) & (around <= 6) & (turns == 1) & open_sides)
        if ink.sum() == before:
            break
    left, found = {(y, x) for y, x in zip(*np.nonzero(ink), strict=True)}, []

    def neighbours(place: tuple[int, int]) -> list[tuple[int, int]]:
        steps = sorted(((dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx), key=lambda step: abs(step[0]) + abs(step[1]))
        return [(place[0] + dy, place[1] + dx) for dy, dx in steps if (place[0] + dy, place[1] + dx) in left]

    while left:
        place = min(left, key=lambda each: (len(neighbours(each)), each))
        line = []
        while True:
            line.append(place)
            left.discard(place)
            following = neighbours(place)
            if not following:
                break
            place = following[0]
        points = [((x - 0.5) / image.shape[1], (y - 0.5) / image.shape[0]) for y, x in line]
        for _ in range(3):
            points[1:-1] = [tuple(np.mean(points[k - 1 : k + 2], axis=0)) for k in range(1, len(points) - 1)]
        found.append(points)
    # Where lines part, the pen goes back a little way.
    every = [point for line in found for point in line]
    for line in found:
        if len(line) == 1 and len(every) > 1:
            line.insert(0, min((point for point in every if point != line[0]), key=lambda point: abs(point[0] - line[0][0]) + abs(point[1] - line[0][1])))
    return found


def draw(page: Page, image: np.ndarray) -> None:
    """Draws it with the mouse, in the middle of the paper, and waits for the answer to all of it."""
    box = page.locator("#paper").bounding_box()
    for line in strokes(image):
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:] or points:
            page.mouse.move(*point, steps=2)
        page.mouse.up()
    page.wait_for_selector(IDLE)


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The digits that ship with the package, 500 of each class."""
    import gzip

    folder = ROOT / "Sources/Datasets/Resources/mnist5k"
    images, labels = (gzip.decompress(next(folder.glob(f"train-{kind}*")).read_bytes()) for kind in ("images", "labels"))
    return np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28), np.frombuffer(labels, np.uint8, offset=8)


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_a_digit_is_drawn_and_known(width: int, scheme: str, address: str, opened, digits) -> None:
    page, complaints = opened(address, width, scheme)
    lit = "[...document.querySelectorAll('.cells')].map(row => [...row.children].filter(cell => +getComputedStyle(cell).getPropertyValue('--v') > 0.02).length)"
    assert page.evaluate(lit) == [0, 0, 0] and page.locator("#answer b").text_content() == "–"
    images, labels = digits
    number = 100 + int(np.flatnonzero(labels == 3)[0])
    draw(page, images[number])
    assert page.locator("#answer b").text_content() == "3"
    best = page.locator(".bars .best")
    assert best.count() == 1 and best.locator("span").first.text_content() == "3"
    shares = [float(text.removesuffix(" %")) for text in page.locator(".bars li span:last-child").all_text_contents()]
    assert len(shares) == 10 and abs(sum(shares) - 100) < 0.6 and max(shares) == shares[3] > 50
    # As many cells as units, of which some are lit; a number at the one that is pointed at.
    assert page.evaluate("[...document.querySelectorAll('.cells')].map(row => row.children.length)") == [25, 15, 10]
    assert all(count > 0 for count in page.evaluate(lit))
    page.locator(".cells i").nth(3).hover()
    told = page.locator(".told").first.text_content().removeprefix("unit 3: ")
    values = page.evaluate("shownLayers[0].values")
    assert float(told) == pytest.approx(values[3], rel=6e-3)
    light = page.evaluate("[...document.querySelector('.cells').children].map(cell => +getComputedStyle(cell).getPropertyValue('--v'))")
    # A sigmoid's own values, as they came from the server.
    assert light == pytest.approx(values, abs=6e-4)
    page.locator(".cells").nth(1).focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".told").nth(1).text_content().startswith("unit 13: ")
    # What the server made of it: a digit in the middle.
    ink = page.evaluate("(() => { const c = document.getElementById('seen'); return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((v, i) => i % 4 === 0) })()")
    seen = 255 - np.array(ink).reshape(28, 28)
    assert 20 < (seen > 128).sum() < 250 and seen[:3].max() == 0 and seen[-3:].max() == 0
    assert abs((seen.sum(axis=1) @ np.arange(28)) / seen.sum() - 14) < 1

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    beyond = """[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && !e.closest('[hidden]')
        && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(beyond) == []
    contrast = """selector => {
        const numbers = colour => colour.match(/[0-9.]+/g).map(Number)
        const light = colour => { const [r, g, b] = numbers(colour).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            return 0.2126 * r + 0.7152 * g + 0.0722 * b }
        const [a, b] = [light(getComputedStyle(document.querySelector(selector)).color), light(getComputedStyle(document.body).backgroundColor)]
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }"""
    for selector in ["h1", "h2", ".lead", ".note", ".answer span", ".bars li span:last-child", "summary", "footer", "button", "#trouble"]:
        assert page.evaluate(contrast, selector) >= 4.5, selector
    assert (page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)") == (scheme == "light")
    if shots := os.environ.get("LOCKSTEP_SCREENSHOTS"):
        page.mouse.move(0, 0)
        page.locator("h1").click()
        page.screenshot(path=f"{shots}/serve-{width}-{scheme}.png", full_page=True)

    page.locator("#clear").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(IDLE)
    assert page.locator("#answer b").text_content() == "–" and page.evaluate(lit) == [0, 0, 0]
    assert complaints == []


@needs_chromium
def test_most_digits_are_known_as_they_are_drawn(address: str, opened, digits) -> None:
    page, complaints = opened(address)
    images, _ = digits
    right = 0
    for label in range(10):
        page.locator("#clear").click()
        draw(page, images[500 * label + 200])
        right += page.locator("#answer b").text_content() == str(label)
    assert right >= 8
    assert complaints == []


@needs_chromium
def test_touch_undo_and_a_file(address: str, good_run: Path, lockstep: Lockstep, opened, digits, tmp_path: Path) -> None:
    page, complaints = opened(address, 360, has_touch=True)
    box = page.locator("#paper").bounding_box()
    page.touchscreen.tap(box["x"] + 100, box["y"] + 100)
    page.wait_for_selector(IDLE)
    assert page.locator("#answer b").text_content() != "–"
    page.locator("#undo").click()
    page.wait_for_selector(IDLE)
    assert page.locator("#answer b").text_content() == "–"

    from PIL import Image

    file = tmp_path / "digit.png"
    Image.fromarray(digits[0][2100]).resize((90, 90)).save(file)
    page.locator("#file").set_input_files(file)
    page.wait_for_selector(IDLE)
    expected = json.loads(lockstep("predict", good_run, "--input", file, "--json").stdout)
    assert page.locator("#answer b").text_content() == str(expected["class"])
    (tmp_path / "none.png").write_text("no picture")
    page.locator("#file").set_input_files(tmp_path / "none.png")
    page.wait_for_selector("#trouble:not([hidden])")
    assert page.locator("#trouble").text_content() == "body: cannot be read as a PNG: Not a PNG file"
    assert [each for each in complaints if "400 (Bad Request)" not in each] == []


@needs_chromium
def test_other_networks(lockstep: Lockstep, opened, digits, tmp_path: Path) -> None:
    """One output of two classes, a number, wide layers of many kinds; and rows of numbers, of which there is nothing to draw."""
    layers = "[{type:'dense',units:1100,activation:'relu'},{type:'batch_normalization'},{type:'dense',units:300,activation:'tanh'},{type:'dense',units:10}]"
    runs = {
        "zeros-and-ones": [], "linear-regression": [], "digits": ["--set", f"model.layers={layers}"],
    }  # fmt: skip
    one = digits[0][int(np.flatnonzero(digits[1] == 1)[30])]
    for name, settings in runs.items():
        lockstep("train", ROOT / f"configs/{name}.json", "--quiet", "--output", tmp_path / name, "--set", "fit.epochs=3", *settings)
        with serving(tmp_path / name) as address:
            page, complaints = opened(address, 360)
            draw(page, one)
            answer = page.locator("#answer b").text_content()
            if name == "zeros-and-ones":
                assert answer == "1" and page.locator(".bars li").count() == 1 and page.locator("#answer span").text_content().endswith(" %")
            elif name == "linear-regression":
                assert float(answer) == pytest.approx(float(page.locator(".bars li span:last-child").text_content())) and page.locator("#answer span").text_content() == ""
            else:
                assert answer == "1" and page.locator(".cells").evaluate_all("rows => rows.map(row => row.children.length)") == [1024, 1024, 300, 10]
                assert "the first 1024 are shown" in page.locator("#layers").text_content() and page.locator(".cells i.below").count() > 10
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth") and complaints == []

    rows = "\n".join(f"{number % 2},{number},{number % 5},{number % 7}" for number in range(60))
    (tmp_path / "rows.csv").write_text(rows)
    config = {"name": "rows", "data": {"source": "csv", "path": str(tmp_path / "rows.csv"), "validation": "none"}, "model": {"layers": [{"type": "dense", "units": 2}]},
              "compile": {"optimizer": "adam", "loss": {"type": "sparse_categorical_crossentropy", "from_logits": True}}, "fit": {"epochs": 1}}  # fmt: skip
    (tmp_path / "rows.json").write_text(json.dumps(config))
    lockstep("train", tmp_path / "rows.json", "--quiet", "--output", tmp_path / "rows")
    with serving(tmp_path / "rows") as address:
        page, complaints = opened(address, 360)
        assert page.locator("#cannot").is_visible() and page.locator("#cannot").text_content().startswith("This network takes 3 numbers")
        assert not page.locator("#paper").is_visible()
        assert f"{address}/v1/models/rows:predict" in page.locator("#commands").text_content() and page.locator("#commands").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth") and complaints == []


def test_clients_of_tensorflow_serving_and_kserve(run: Path, predict, images: Path, pixels: np.ndarray) -> None:
    """The requests of both as their documentation has them; 1,000 digits at once."""
    with serving(run) as address:
        body = json.dumps({"signature_name": "serving_default", "instances": pixels[:1000].reshape(-1, 28, 28).tolist()}).encode()
        request = urllib.request.Request(f"{address}/v1/models/digits:predict", data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            found = np.array(json.load(answer)["predictions"], np.float32)
        with urllib.request.urlopen(f"{address}/v1/models/digits") as answer:
            assert json.load(answer) == {"name": "digits", "ready": True}
    expected = predict(run, images)[:1000].astype(np.float32)
    assert found.shape == (1000, 10) and np.array_equal(found, expected)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_commands_of_the_article(run: Path, digits, tmp_path: Path) -> None:
    """Every curl command of Sources/Lockstep/Lockstep.docc/Serving.md, with this server in the place of that one."""
    from PIL import Image

    Image.fromarray(digits[0][2100]).resize((90, 90)).save(tmp_path / "digit.png")
    (tmp_path / "digits.json").write_text(json.dumps({"instances": digits[0][:3].reshape(3, -1).tolist()}))
    article = (ROOT / "Sources/Lockstep/Lockstep.docc/Serving.md").read_text()
    commands = [line for line in article.splitlines() if line.startswith("curl ")]
    assert len(commands) >= 3
    with serving(run) as address:
        for command in commands:
            done = subprocess.run(["bash", "-c", command.replace("http://127.0.0.1:8080", address)], cwd=tmp_path, capture_output=True, check=True)
            assert json.loads(done.stdout)["predictions"], command
