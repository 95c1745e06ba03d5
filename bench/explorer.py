"""Measure the explorer on 50,000 made-up tracks in a browser without a window.

Run it from the root of the project: ``python -m bench.explorer``. It writes a page into a temporary
folder, opens it from disk, and prints the size of the folder, how long the page takes to be ready,
and how long one frame takes while it zooms.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.settings.maps import Explorer
from latentscape.explorer.contents import Words
from latentscape.explorer.displays import Panel, Pixels
from latentscape.explorer.page import write_folder
from latentscape.explorer.points import Points, Quantity
from latentscape.figures.style import labels_of
from latentscape.keys import EVENT_KEY, TRACK_KEY

CHROMIUM = "/usr/bin/chromium"
SAMPLES = ("a", "b", "c")
NUMBERS = 80
SIZE = 48
PIXELS = 14_000
FRAMES = """async () => {
  const scatter = explorer.app.scatter;
  const times = [];
  for (let i = 0; i < 60; i += 1) {
    scatter.zoom(i < 30 ? 0.97 : 1 / 0.97);
    scatter.drawNow();
    times.push(scatter.frameTime);
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""


def some_points(count: int, rng: np.random.Generator) -> Points:
    """Return points in three clouds, with as many numbers as a track of the study has."""
    sample = np.sort(rng.integers(0, len(SAMPLES), count))
    table = pd.DataFrame({"sample": np.array(SAMPLES)[sample], "run": 1, "subrun": 0})
    table = table.assign(event=np.arange(count), track=0, of_sample=table["sample"])
    numbers = rng.normal(sample[:, None], 1, (count, NUMBERS))
    names = ["x", "y", *(f"q{i}" for i in range(NUMBERS - 2))]
    table = table.join(pd.DataFrame(numbers, columns=names))
    quantities = [Quantity("of_sample", "sample", "", "Sample")]
    quantities += [Quantity(name, name, "", "Numbers") for name in names]
    return Points(table, TRACK_KEY, tuple(quantities))


def some_images(keys: pd.DataFrame, rng: np.random.Generator) -> KeyedArrays:
    """Return images of a line with noise along it, nearly all of them empty."""
    images = np.zeros((len(keys), 2, SIZE, SIZE), dtype=np.float32)
    rows = np.arange(SIZE)
    slope = rng.uniform(-0.4, 0.4, (len(keys), 2, 1))
    columns = (24 + slope * (rows - 24)).astype(int)
    one, channel = np.ogrid[: len(keys), :2]
    values = rng.gamma(3, 2000, columns.shape)
    images[one[..., None], channel[..., None], rows, columns] = values
    return KeyedArrays(keys, {"images": images})


def some_pixels(keys: pd.DataFrame, rng: np.random.Generator) -> Iterator[Pixels]:
    """Yield events of pulses that are 30 ticks long, a hundred events at a time."""
    events = keys[list(EVENT_KEY)]
    pulses = PIXELS // 30
    for start in range(0, len(events), 100):
        part = events.iloc[start : start + 100].reset_index(drop=True)
        count = len(part) * pulses
        pulse = pd.DataFrame(
            {
                "row": np.repeat(np.arange(len(part)), pulses),
                "panel": rng.integers(0, 2, count),
                "x": rng.integers(0, 240, count),
                "first": 30 * rng.integers(0, 100, count),
                "height": rng.gamma(2, 150, count),
                "group": rng.integers(0, 40, count),
            }
        )
        pixels = pulse.loc[pulse.index.repeat(30)].reset_index(drop=True)
        step = np.tile(np.arange(30), count)
        shape = np.exp(-((step - 15) ** 2) / 60)
        value = 15 + pixels["height"] * shape + rng.normal(0, 1.5, len(pixels))
        pixels = pixels.assign(y=pixels["first"] + step, value=value.astype(int))
        yield Pixels(part, pixels.drop(columns=["first", "height"]))


def main() -> None:
    """Make the page, open it, and print what was measured."""
    parser = argparse.ArgumentParser(description="Measure the explorer in a browser.")
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=1000, help="how many events have pixels")
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    points = some_points(options.points, rng)
    keys = points.table[list(TRACK_KEY)]
    images = some_images(keys, rng)
    words = Words(
        title="Bench",
        subtitle="made-up tracks",
        labels=labels_of(SAMPLES),
        label_column="of_sample",
        axes=("row", "column"),
        unit="ADC",
        channels=("first", "second"),
        panels=(Panel("first", 240, 3072), Panel("second", 240, 3072)),
        panel_groups=("track", "track"),
        display_key=EVENT_KEY,
        display_name="event",
        point_name="track",
        group_name="cluster",
        folded=(),
        start=("x", "y", "of_sample"),
    )
    look = Explorer()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        write_folder(
            folder,
            points,
            images,
            images,
            some_pixels(keys.iloc[: options.events], rng),
            words=words,
            softening=look.softening,
            rows_per_file=look.rows_per_file,
            display_kb=look.display_kb,
        )
        say(f"written in {time.perf_counter() - start:.1f} s")
        report_sizes(Path(folder), options.points, options.events)
        report_speed(Path(folder))


def report_sizes(folder: Path, points: int, events: int) -> None:
    """Print how large the folder is per 1,000 tracks, and what one step loads."""
    for part, count in (("rows", points), ("columns", points), ("displays", events)):
        sizes = [file.stat().st_size for file in (folder / "data" / part).iterdir()]
        per_thousand = sum(sizes) / count / 1000
        say(f"{part}: {per_thousand:.2f} MB per 1,000, largest file {max(sizes) / 1e3:.0f} kB")


def report_speed(folder: Path) -> None:
    """Print how long loading and drawing take."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, height in ((1280, 800), (1920, 1080)):
            page = browser.new_page(viewport={"width": width, "height": height})
            start = time.perf_counter()
            page.goto((folder / "index.html").as_uri())
            page.evaluate("explorer.ready")
            loaded = time.perf_counter() - start
            times = sorted(page.evaluate(FRAMES))
            say(
                f"{width}×{height}: ready in {loaded:.2f} s; "
                f"frame {times[15]:.1f}, {times[30]:.1f}, {times[45]:.1f} ms (quartiles)"
            )
            page.close()
        browser.close()


def say(text: str) -> None:
    """Print a line."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
