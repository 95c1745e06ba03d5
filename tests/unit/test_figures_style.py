"""The style of the figures: colours, ranges, and files that are equal when redrawn."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.errors import InputError
from latentscape.figures.style import (
    METHOD_PALETTE,
    PALETTE,
    STYLE,
    colour_of,
    in_order,
    labels_of,
    legend_above,
    method_colours,
    robust_range,
    round_numbers,
    save,
    style,
    styled,
    with_unit,
)


@styled
def a_figure():
    figure = Figure(figsize=(3.4, 2))
    axes = figure.subplots()
    axes.plot([0, 1, 2], [1, 3, 2], label="a line")
    axes.set_xlabel("x [cm]")
    axes.legend()
    return figure


def test_a_colour_follows_from_the_place_in_the_configuration():
    colours = colour_of(["first", "second", "third"])
    assert colours == {"first": PALETTE[0], "second": PALETTE[1], "third": PALETTE[2]}


def test_a_repeated_label_keeps_its_first_colour():
    assert colour_of(["a", "b", "a", "c"]) == colour_of(["a", "b", "c"])


@given(st.integers(min_value=1, max_value=40))
def test_every_label_has_a_colour_and_neighbours_differ(n):
    colours = list(colour_of(f"label {i}" for i in range(n)).values())
    assert len(colours) == n
    assert all(a != b for a, b in pairwise(colours))


def test_no_colour_of_a_label_means_a_method_too():
    assert not set(PALETTE) & set(METHOD_PALETTE)
    assert set(method_colours(["kl", "elbo"]).values()) <= set(METHOD_PALETTE)


def test_labels_come_in_the_order_of_the_configuration_without_absent_ones():
    labels = labels_of(["a", "b", "c"])
    assert list(in_order(labels, ["c", np.nan, "a"])) == ["a", "c"]


def test_an_unknown_label_is_refused_by_name():
    with pytest.raises(InputError, match="label 'd' is not one of a, b"):
        in_order(labels_of(["a", "b"]), ["a", "d"])


def test_all_text_of_the_style_is_at_least_seven_points():
    sheet = mpl.rc_params_from_file(STYLE, use_default_template=False)
    sizes = {key: value for key, value in sheet.items() if key.endswith(("size", "fontsize"))}
    text = {key: v for key, v in sizes.items() if "label" in key or "font" in key or "title" in key}
    assert text
    assert min(float(value) for value in text.values()) >= 7


def test_drawing_changes_no_global_setting():
    before = dict(mpl.rcParams)
    a_figure()
    assert dict(mpl.rcParams) == before


def test_the_users_own_settings_do_not_change_a_figure(tmp_path):
    save(a_figure(), [tmp_path / "own.png"])
    with mpl.rc_context({"font.size": 20, "savefig.dpi": 30, "lines.linewidth": 9}):
        save(a_figure(), [tmp_path / "other.png"])
    assert (tmp_path / "own.png").read_bytes() == (tmp_path / "other.png").read_bytes()


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_a_figure_drawn_twice_gives_the_same_bytes(tmp_path, suffix):
    paths = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for path in paths:
        save(a_figure(), [path])
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"CreationDate" not in paths[0].read_bytes()


def test_a_png_of_one_column_is_680_pixels_wide(tmp_path):
    save(a_figure(), [tmp_path / "figure.png"])
    header = (tmp_path / "figure.png").read_bytes()[16:24]
    assert [int.from_bytes(header[:4]), int.from_bytes(header[4:])] == [680, 400]


def test_an_unknown_kind_of_figure_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(InputError, match=r"allowed: \.png, \.pdf"):
        save(a_figure(), [tmp_path / "figure.gif"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (0, 1)),
        ([np.nan, np.inf], (0, 1)),
        ([4.0, 4.0, np.nan], (3.5, 4.5)),
        ([-200.0], (-210, -190)),
        (np.arange(201.0), (1, 199)),
    ],
)
def test_the_robust_range_is_finite_and_never_empty(values, expected):
    assert robust_range(np.array(values)) == pytest.approx(expected)


def test_round_numbers_on_a_bar_keep_their_distance():
    assert round_numbers(0.1, 100, lambda x: x / 100, apart=0.12) == [0, 20, 50, 100]
    assert round_numbers(0.1, 100, lambda x: (x / 100) ** 0.5, apart=0.3) == [0, 20, 100]


def test_a_legend_above_never_leaves_the_figure():
    figure = Figure(figsize=(3.4, 2))
    handles = [Line2D([], [], label=f"a rather long name {i}") for i in range(9)]
    with style():
        legend_above(figure, handles)
        FigureCanvasAgg(figure).draw()
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1


def test_a_pure_number_has_no_brackets():
    assert with_unit("mass", "MeV/c²") == "mass [MeV/c²]"
    assert with_unit("solidity", "") == "solidity"
