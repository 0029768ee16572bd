"""Reports as a browser shows them: headless Chromium, wide and narrow, light and dark."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium, which `.ci/install-packages --interop` installs")

WIDTHS = [360, 1280]
SCHEMES = ["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # A sandbox needs what containers and root do not have; the page is our own.
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def reports(lockstep, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of a run with all there is, of two side by side, and of one without classes."""
    root = Path(__file__).resolve().parents[2]
    folder = tmp_path_factory.mktemp("reports")
    data = os.environ.get("LOCKSTEP_REPORT_DATA")
    config, place = (root / "configs/mnist.json", ["--set", f"data.path={data}"]) if data else (root / "configs/digits.json", [])
    decay = "compile.optimizer.learning_rate={type:'exponential_decay',initial_learning_rate:0.01,decay_steps:200,decay_rate:0.7}"
    lockstep("train", config, *place, "--quiet", "--output", folder / "first", "--set", "fit.epochs=12", "--set", "fit.diagnostics=true", "--set", decay)
    wider = ["--set", "model.layers[0].units=64", "--set", "model.layers[0].activation=relu", "--set", "compile.optimizer.learning_rate=0.003"]
    lockstep("train", config, *place, "--quiet", "--output", folder / "second", "--set", "fit.epochs=10", *wider)
    lockstep("train", root / "configs/linear-regression.json", "--quiet", "--output", folder / "numbers", "--set", "fit.epochs=3")
    pages = {"one": ["first"], "two": ["first", "second"], "numbers": ["numbers"]}
    for name, runs in pages.items():
        lockstep("report", *[folder / run for run in runs], "--output", folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture(params=[(width, scheme) for width in WIDTHS for scheme in SCHEMES], ids=lambda each: f"{each[0]}-{each[1]}")
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, java_script_enabled=True)
    yield context.new_page()
    context.close()


def look(page: Page, file: Path) -> list[str]:
    """Opens the page; returns what the browser complains of, and what it asks for beyond the file."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else complaints.append(f"request: {request.url}"))
    page.goto(file.as_uri())
    return complaints


@pytest.mark.parametrize("name", ["one", "two", "numbers"])
def test_it_shows_without_complaint_and_fits(name: str, page: Page, reports: dict[str, Path]) -> None:
    assert look(page, reports[name]) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    # What is wider than the page scrolls in a box of its own.
    beyond = """[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && !e.closest('svg')
        && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(beyond) == []
    broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth || !i.alt).length"
    assert page.evaluate(broken) == 0
    if shots := os.environ.get("LOCKSTEP_SCREENSHOTS"):
        width, scheme = page.viewport_size["width"], page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
        page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("name", ["one", "two", "numbers"])
def test_charts_have_axes_units_and_words(name: str, page: Page, reports: dict[str, Path]) -> None:
    look(page, reports[name])
    charts = page.locator("figure svg[role=img]")
    assert charts.count() >= 2
    for chart in charts.all():
        assert chart.locator("title").first.text_content()
        assert len(chart.locator("desc").text_content() or "") > 10
        assert chart.locator(".axis").count() >= 1 and chart.locator(".tick").count() >= 2
        assert all(unit.text_content() for unit in chart.locator(".unit").all()) and chart.locator(".unit").count() >= 1
        # No words run over each other or over the edge of the picture.
        boxes = chart.evaluate("""svg => { const edge = svg.getBoundingClientRect(); return [[edge.left, edge.top, edge.right, edge.bottom],
            ...[...svg.querySelectorAll('text')].map(t => { const b = t.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })] }""")
        edge, texts = boxes[0], boxes[1:]
        for left, top, right, bottom in texts:
            assert edge[0] - 1 <= left and right <= edge[2] + 1 and edge[1] - 1 <= top and bottom <= edge[3] + 1
        for index, a in enumerate(texts):
            for b in texts[index + 1 :]:
                across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                # Boxes of letters have some air above and below.
                assert across <= 0.5 or down <= 5, f"{chart.locator('title').first.text_content()}: {a} {b}"


def test_the_schemes_differ_and_can_be_read(page: Page, reports: dict[str, Path]) -> None:
    look(page, reports["one"])
    contrast = """selector => {
        const numbers = colour => colour.match(/[0-9.]+/g).map(Number)
        const light = colour => { const [r, g, b] = numbers(colour).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            return 0.2126 * r + 0.7152 * g + 0.0722 * b }
        const ink = getComputedStyle(document.querySelector(selector))
        const [a, b] = [light(selector.startsWith('svg') ? ink.fill : ink.color), light(getComputedStyle(document.body).backgroundColor)]
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }"""
    for selector in ["h1", ".note", "svg .tick", "a", ".caption", "dt"]:
        assert page.evaluate(contrast, selector) >= 4.5, selector
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)") != dark


def test_everything_is_there_without_a_script(browser: Browser, reports: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reports["one"].as_uri())
    assert page.locator("figure").count() >= 8 and page.locator("table.confusion td.right").count() == 10
    assert page.locator("ul.mistakes img").count() > 0 and page.locator("ul.weights img").count() == 25
    context.close()
