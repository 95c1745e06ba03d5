"""The explorer's page in a browser without a window: pointing, clicking, selecting, from disk."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from latentscape.arrays import KeyedArrays
from latentscape.explorer.contents import Words
from latentscape.explorer.displays import Panel, Pixels
from latentscape.explorer.encoding import image_codes
from latentscape.explorer.page import write_folder, write_page
from latentscape.explorer.points import Points, Quantity
from latentscape.figures.style import SIGNAL_MAP, labels_of
from latentscape.keys import EVENT_KEY, TRACK_KEY

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

COUNT = 24
SIZE = 6
WORDS = Words(
    title="Test",
    subtitle="model m",
    labels=labels_of(["a", "b"]),
    label_column="of_sample",
    axes=("row", "column"),
    unit="ADC",
    channels=("first", "second"),
    panels=(Panel("left", 40, 60), Panel("right", 40, 60)),
    panel_groups=("track", "partner"),
    display_key=EVENT_KEY,
    display_name="event",
    point_name="track",
    group_name="cluster",
    folded=(),
    start=("x", "y", "of_sample"),
)


class Made(NamedTuple):
    """What the page was made of, and where it is."""

    folder: Path
    page: Path
    points: Points
    images: np.ndarray
    pixels: pd.DataFrame


def some_points():
    """Two tracks per event on a grid of 6 × 4 places: sample a to the left, b to the right."""
    number = np.arange(COUNT)
    table = pd.DataFrame(
        {
            "sample": np.where(number < COUNT // 2, "a", "b"),
            "run": 1,
            "subrun": 0,
            "event": number // 2,
            "track": number % 2,
            "x": number // 4,
            "y": number % 4,
            "of_sample": np.where(number < COUNT // 2, "a", "b"),
            "charge": number * 10.0,
            "partner": 1 - number % 2,
            "end": np.where(number % 3, "stopped", None),
        }
    )
    quantities = (
        Quantity("of_sample", "sample", "", "Sample"),
        Quantity("x", "map 1", "", "Map"),
        Quantity("y", "map 2", "", "Map"),
        Quantity("charge", "charge", "pC", "Features"),
        Quantity("partner", "partner", "", "Features"),
        Quantity("end", "end", "", "Truth"),
    )
    return Points(table, TRACK_KEY, quantities)


def some_pixels(events):
    rng = np.random.default_rng(2)
    count = 30 * len(events)
    table = pd.DataFrame(
        {
            "row": np.repeat(np.arange(len(events)), 30),
            "panel": np.tile(np.repeat([0, 1], 15), len(events)),
            "x": np.tile(np.arange(30), len(events)),
            "y": rng.integers(0, 60, count),
            "value": rng.integers(1, 900, count),
            "group": rng.integers(-1, 2, count),
        }
    )
    return Pixels(events, table)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorer")
    points = some_points()
    keys = points.table[list(TRACK_KEY)]
    values = np.random.default_rng(1).uniform(0, 5000, (COUNT, 2, SIZE, SIZE))
    images = KeyedArrays(keys[::-1].reset_index(drop=True), {"images": values[::-1]})
    learnt = KeyedArrays(keys, {"images": values / 2})
    look = {"words": WORDS, "softening": 20.0, "rows_per_file": 7}
    events = keys[list(EVENT_KEY)].drop_duplicates(ignore_index=True)
    pixels = some_pixels(events)
    write_folder(folder / "f", points, images, learnt, [pixels], display_kb=1, **look)
    write_page(folder / "one.html", points, images, learnt, **look)
    return Made(folder / "f" / "index.html", folder / "one.html", points, values, pixels.table)


@pytest.fixture(scope="module")
def browser():
    """Start one browser for all tests; one page serves them all, each opens its address anew."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = running.new_context(viewport={"width": 900, "height": 600})
        troubles = []

        def only_files(route):
            if route.request.url.startswith(("file:", "data:", "blob:")):
                route.continue_()
            else:
                troubles.append(f"asked for {route.request.url}")
                route.abort()

        context.route("**/*", only_files)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        yield page, troubles
        running.close()


@pytest.fixture
def open_page(browser):
    """Return a function that opens a page, and see that it asks no network and logs no error."""
    page, troubles = browser
    troubles.clear()

    def open_one(path, link=""):
        page.goto("about:blank")
        page.goto(path.as_uri() + link)
        page.evaluate("explorer.ready")
        return page

    yield open_one
    assert not troubles


def place_of(page, row):
    """Return where a point lies on the screen."""
    x, y = page.evaluate(
        "row => { const s = explorer.app.scatter; return s.toScreen(s.x[row], s.y[row]); }", row
    )
    box = page.locator("#overlay").bounding_box()
    return box["x"] + x, box["y"] + y


def key_of(made, row):
    return "/".join(str(value) for value in made.points.table.loc[row, list(TRACK_KEY)])


def shown_picture(page, name):
    """Return the colours of a picture, as rows and columns of the image."""
    flat = page.evaluate(
        """name => {
          const canvas = document.querySelector(`[data-picture="${name}"]`);
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return Array.from(data);
        }""",
        name,
    )
    drawn = np.array(flat).reshape(SIZE, SIZE, 4)[..., :3]
    return drawn[::-1].transpose(1, 0, 2)


def expected_picture(made, values):
    codes = image_codes(values, softening=20.0, largest=made.images.max())
    return np.rint(255 * np.asarray(SIGNAL_MAP(codes / 255))[..., :3]).astype(int)


def test_pointing_at_a_dot_shows_its_key_numbers_and_images(made, open_page):
    page = open_page(made.folder)
    for row in (3, 17):
        page.mouse.move(*place_of(page, row))
        page.wait_for_selector(f'#track[data-key="{key_of(made, row)}"]')
        for channel, name in enumerate(WORDS.channels):
            found = shown_picture(page, f"image {name}")
            assert np.array_equal(found, expected_picture(made, made.images[row, channel]))
        learnt = shown_picture(page, "reconstruction first")
        assert np.array_equal(learnt, expected_picture(made, made.images[row, 0] / 2))
        assert f"charge{row * 10} pC" in page.locator("#track").text_content()
    assert page.locator("#display").is_hidden()


def test_clicking_a_dot_opens_its_event_with_its_own_pixels(made, open_page):
    page = open_page(made.folder)
    page.mouse.click(*place_of(page, 8))
    page.wait_for_function("explorer.app.display?.pixels")
    assert page.locator("#display").is_visible()
    assert "event a/1/0/4" in page.locator("#display").text_content()
    found = page.evaluate(
        """() => {
          const { pixels, groups } = explorer.app.display;
          const lists = Object.entries(pixels).map(([name, list]) => [name, Array.from(list)]);
          return { ...Object.fromEntries(lists), groups };
        }"""
    )
    wanted = made.pixels[made.pixels["row"] == 4].sort_values(["panel", "x", "y"])
    for name in ("panel", "x", "y", "group"):
        assert found[name] == wanted[name].tolist()
    assert np.allclose(found["value"], wanted["value"], atol=16)
    assert found["groups"] == [0, 1]
    assert page.url.endswith("#a/1/0/4/0")
    page.locator("#display").get_by_role("button", name="track 1").click()
    page.wait_for_function("explorer.app.display.groups[0] === 1")
    page.keyboard.press("Escape")
    assert page.locator("#display").is_hidden()


def test_a_link_opens_the_track_that_it_names(made, open_page):
    page = open_page(made.folder, "#b/1/0/9/1")
    page.wait_for_selector('#track[data-key="b/1/0/9/1"]')
    assert page.evaluate("explorer.app.scatter.pinned") == 19
    page.fill("#key", "a 1 0 2")
    page.press("#key", "Enter")
    page.wait_for_selector('#track[data-key="a/1/0/2/0"]')
    page.fill("#key", "c/9/9")
    page.press("#key", "Enter")
    assert page.locator("#search-answer").text_content() == "no such key"
    page.focus("#overlay")
    page.keyboard.press("n")
    page.wait_for_selector('#track[data-key="a/1/0/2/1"]')


def test_the_menu_of_colours_recolours_and_its_search_finds(made, open_page):
    page = open_page(made.folder)
    before = page.evaluate("Array.from(explorer.app.scatter.colours)")
    assert len(set(before)) == 2
    page.click("#pick-colour button")
    page.keyboard.type("char")
    assert page.locator("#pick-colour [role=option]").all_text_contents() == ["charge [pC]"]
    page.keyboard.press("Enter")
    page.wait_for_function("explorer.app.column.numbers")
    after = page.evaluate("Array.from(explorer.app.scatter.colours)")
    assert len(set(after)) == COUNT
    page.click("#pick-colour button")
    page.keyboard.type("end")
    page.keyboard.press("Enter")
    page.wait_for_function("explorer.app.column.levels?.[0] === 'stopped'")
    assert "8 without a value" in page.locator("#colour-legend").text_content()
    page.click("#pick-x button")
    page.keyboard.type("charge")
    page.keyboard.press("Enter")
    page.wait_for_function("explorer.app.scatter.names[0] === 'charge [pC]'")


def test_a_box_selects_what_lies_in_it_and_exports_the_keys(made, open_page):
    page = open_page(made.folder)
    page.click("[data-tool=box]")
    (left, bottom), (right, top) = place_of(page, 8), place_of(page, 15)
    page.mouse.move(left - 5, bottom + 5)
    page.mouse.down()
    page.mouse.move(right + 5, top - 5)
    page.mouse.up()
    rows = page.locator("#counts tr").all_text_contents()
    assert rows == ["all8", "a4 (33.3 %)", "b4 (33.3 %)"]
    with page.expect_download() as download:
        page.click("#export")
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert lines[0] == "sample,run,subrun,event,track,x,y,of_sample"
    assert lines[1:] == [
        f'{key_of(made, row).replace("/", ",")},{row // 4},{row % 4},"{"ab"[row >= 12]}"'
        for row in range(8, 16)
    ]
    page.locator("#labels button").first.click()
    assert page.locator("#counts tr").first.text_content() == "all4"
    page.mouse.move(*place_of(page, 2))
    assert page.evaluate("explorer.app.scatter.pointed") == -1


def test_a_lasso_selects_only_what_it_surrounds(open_page, made):
    page = open_page(made.folder)
    page.click("[data-tool=lasso]")
    corners = [place_of(page, row) for row in (0, 3, 20)]
    x, y = np.mean(corners, axis=0)
    page.mouse.move(x, y)
    page.mouse.down()
    for corner in [*corners, corners[0]]:
        page.mouse.move(corner[0] + 0.05 * (corner[0] - x), corner[1] + 0.05 * (corner[1] - y))
    page.mouse.up()
    chosen = np.array(page.evaluate("Array.from(explorer.app.scatter.selected)"), dtype=bool)
    # The diagonal runs from the upper left to the lower right corner of the grid.
    across = made.points.table["y"] / 3 + made.points.table["x"] / 5
    assert chosen[across < 0.95].all()
    assert not chosen[across > 1.05].any()


def test_the_wheel_zooms_about_the_mouse_and_dragging_moves(made, open_page):
    page = open_page(made.folder)
    place = place_of(page, 14)
    page.mouse.move(*place)
    page.mouse.wheel(0, -400)
    page.wait_for_function("explorer.app.scatter.view.x[1] - explorer.app.scatter.view.x[0] < 5")
    assert np.allclose(place_of(page, 14), place, atol=1)
    page.mouse.move(place[0] + 30, place[1] + 40)
    page.mouse.down()
    page.mouse.move(place[0] + 50, place[1] + 30)
    page.mouse.up()
    assert np.allclose(place_of(page, 14), np.add(place, (20, -10)), atol=1)


def test_the_page_in_one_file_shows_tracks_without_events(made, open_page):
    page = open_page(made.page)
    assert page.locator("#subtitle").text_content() == "model m · 24 points"
    page.mouse.click(*place_of(page, 5))
    page.wait_for_selector(f'#track[data-key="{key_of(made, 5)}"]')
    found = shown_picture(page, "image second")
    assert np.array_equal(found, expected_picture(made, made.images[5, 1]))
    assert page.locator("#display").is_hidden()
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_every_data_file_is_a_call_that_a_script_tag_runs(made):
    files = sorted((made.folder.parent / "data").rglob("*.js"))
    assert len(files) > 10
    for file in files:
        text = file.read_text("utf-8")
        name, _, content = text.removeprefix("explorer.receive(").partition(", ")
        assert (
            json.loads(name)
            == file.relative_to(made.folder.parent / "data").with_suffix("").as_posix()
        )
        json.loads(content.removesuffix(");\n"))


def test_the_same_data_give_the_same_bytes(made, tmp_path):
    keys = made.points.table[list(TRACK_KEY)]
    images = KeyedArrays(keys, {"images": made.images})
    learnt = KeyedArrays(keys, {"images": made.images / 2})
    look = {"words": WORDS, "softening": 20.0, "rows_per_file": 7}
    write_page(tmp_path / "p.html", made.points, images, learnt, **look)
    assert (tmp_path / "p.html").read_bytes() == made.page.read_bytes()
