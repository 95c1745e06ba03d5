"""The page as a folder that loads its data on demand, or as one file."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from latentscape.arrays import KeyedArrays
from latentscape.explorer.contents import Words, contents
from latentscape.explorer.displays import Pixels, pack
from latentscape.explorer.points import Points
from latentscape.files import replacing, write_text

HERE = Path(__file__).parent
PAGE = "page.html"
STYLE = "page.css"
SCRIPTS = (
    "store.js",
    "colours.js",
    "picker.js",
    "scatter.js",
    "pictures.js",
    "track.js",
    "display.js",
    "main.js",
)


def write_folder(
    folder: str | Path,
    points: Points,
    images: KeyedArrays,
    reconstructions: KeyedArrays,
    displays: Iterable[Pixels],
    *,
    words: Words,
    softening: float,
    rows_per_file: int,
    display_kb: int,
) -> None:
    """Write the page and all that it needs into one folder, whole or not at all.

    It works from disk, without a server and without a network: a browser may not read files
    beside a page from disk, but may run them as scripts, so the data are scripts that call
    ``explorer.receive(name, data)``.

    Parameters
    ----------
    folder : path
        Where ``index.html`` is written.
    points : Points
        All points.
    images, reconstructions : KeyedArrays
        Array ``images`` (N, C, size, size) for each point.
    displays : iterable of Pixels
        The displays that can be opened, part by part.
    words : Words
        What the page says.
    softening : float
        Value up to which the scale of the images is linear.
    rows_per_file : int
        Points per file of images and values.
    display_kb : int
        Size of a file of displays.
    """
    with replacing(folder) as root:
        where = []
        packed = pack(displays, key=words.display_key, file_kb=display_kb)
        for number, (texts, keys) in enumerate(packed):
            name = f"displays/{number:04d}"
            write_text(_call(name, "[" + ",\n".join(texts) + "]"), root / "data" / f"{name}.js")
            where.append(keys.assign(file=number, place=range(len(keys))))
        places = pd.concat(where, ignore_index=True) if where else _no_places(points, words)
        for name, content in contents(
            points,
            images,
            reconstructions,
            places,
            words=words,
            softening=softening,
            rows_per_file=rows_per_file,
        ):
            write_text(_call(name, content), root / "data" / f"{name}.js")
        for name in (STYLE, *SCRIPTS):
            write_text(_own(name), root / name)
        scripts = "".join(f'<script src="{name}"></script>\n' for name in SCRIPTS)
        style = f'<link rel="stylesheet" href="{STYLE}">'
        write_text(_filled(style, scripts), root / "index.html")


def write_page(
    path: str | Path,
    points: Points,
    images: KeyedArrays,
    reconstructions: KeyedArrays,
    *,
    words: Words,
    softening: float,
    rows_per_file: int,
) -> None:
    """Write the page as one file, which can be sent around but has no displays.

    Parameters
    ----------
    path : path
        The file.
    points, images, reconstructions, words, softening, rows_per_file
        As for :func:`write_folder`.
    """
    data = contents(
        points,
        images,
        reconstructions,
        _no_places(points, words),
        words=replace(words, panels=(), panel_groups=()),
        softening=softening,
        rows_per_file=rows_per_file,
    )
    scripts = _inline([_own(name) for name in SCRIPTS[:-1]])
    scripts += _inline(_call(name, content) for name, content in data)
    scripts += _inline([_own(SCRIPTS[-1])])
    write_text(_filled(f"<style>\n{_own(STYLE)}</style>", scripts), path)


def _no_places(points: Points, words: Words) -> pd.DataFrame:
    """Return that no display is stored anywhere."""
    return points.table[list(words.display_key)].iloc[:0].assign(file=0, place=0)


def _call(name: str, content: str) -> str:
    return f'explorer.receive("{name}", {content});\n'


def _inline(scripts: Iterable[str]) -> str:
    return "".join(_blocks(scripts))


def _blocks(scripts: Iterable[str]) -> Iterator[str]:
    for script in scripts:
        yield "<script>\n" + script.replace("</", "<\\/") + "</script>\n"


def _filled(style: str, scripts: str) -> str:
    return _own(PAGE).replace("<!-- style -->", style).replace("<!-- scripts -->", scripts)


def _own(name: str) -> str:
    return (HERE / name).read_text("utf-8")
