"""What the figures of the PID performance show, on small tables made by hand."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.performance import (
    BINNED,
    STATISTIC_LABELS,
    pid_confusion,
    pid_in_bins,
    pid_roc,
)
from latentscape.lartpc.tables.identification import SPECIES
from latentscape.lartpc.validation.tables import PID_CONFUSION, PID_PERFORMANCE, PID_ROC

PAIR = ("kaon", "proton")
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)
SOURCES = ("external", "collection")
CONTESTS = [
    {"source": source, "statistic": statistic, "signal": "kaon", "background": "proton"}
    for source in SOURCES
    for statistic in STATISTIC_LABELS
]
EDGES = {"all": (0, np.inf), "momentum": (350, 400, 500), "length": (5, 10, 20)}


def with_interval(name: str, value: float, half: float) -> dict[str, float]:
    low, high = max(0.0, value - half), min(1.0, value + half)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def a_performance() -> pd.DataFrame:
    rows = []
    for place, contest in enumerate(CONTESTS):
        for binned_by, edges in EDGES.items():
            for i, (low, high) in enumerate(pairwise(edges)):
                value = 0.99 - 0.01 * (place % 4) - 0.02 * i
                row = contest | {"binned_by": binned_by, "bin_low": low, "bin_high": high}
                row |= {"n_signal": 294, "n_background": 373, "null_low": 0.45, "null_high": 0.55}
                row |= {"signal_without": 6, "background_without": 7}
                row |= {"signal_left": 3, "background_left": 0}
                shares = ("efficiency", "efficiency_of_all", "mistaken", "purity", "found_purity")
                for name in ("auc", *shares):
                    row |= with_interval(name, value, 0.02)
                rows.append(row)
    return PID_PERFORMANCE.check(pd.DataFrame(rows))


def a_roc() -> pd.DataFrame:
    mistaken = np.concatenate([[0.0], np.geomspace(1e-3, 1, 40)])
    curves = []
    for place, contest in enumerate(CONTESTS):
        found = mistaken ** (0.05 * (1 + place % 4))
        band = {"efficiency_low": found**1.5, "efficiency_high": found**0.7}
        curve = pd.DataFrame({"mistaken": mistaken, "efficiency": found} | band)
        curves.append(curve.assign(**contest))
    return PID_ROC.check(pd.concat(curves))


def a_confusion() -> pd.DataFrame:
    rows = []
    for contest in CONTESTS:
        if contest["statistic"] not in {"chi2", "log_likelihood"}:
            continue
        for i, species in enumerate(SPECIES):
            for j, assigned in enumerate(SPECIES):
                tracks = {0: 80, 1: 20}.get((j - i) % len(SPECIES), 0)
                row = {"source": contest["source"], "statistic": contest["statistic"]}
                row |= {"species": species, "assigned": assigned, "tracks": tracks, "n": 100}
                rows.append(
                    row | {"without": 3, "left": 1} | with_interval("share", tracks / 100, 0.05)
                )
    return PID_CONFUSION.check(pd.DataFrame(rows))


def texts_of(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


@looks_as_before
def test_pid_roc_looks_as_before():
    return pid_roc(a_roc(), a_performance(), pair=PAIR)


def test_pid_roc_says_the_auc_with_its_interval_and_the_numbers():
    axes = pid_roc(a_roc(), a_performance(), pair=PAIR).axes[0]
    assert axes.get_title(loc="left") == "calorimetry table (294 K⁺, 373 p)"
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts[0] == "χ²  0.990 (0.970–1.000)"
    assert len(texts) == len(STATISTIC_LABELS)


def test_pid_roc_leaves_the_point_without_background_off_its_logarithmic_axis():
    axes = pid_roc(a_roc(), a_performance(), pair=PAIR).axes[0]
    assert axes.get_xscale() == "log"
    assert axes.lines[0].get_xdata().min() == pytest.approx(1e-3)


def test_pid_roc_of_a_pair_without_scores_says_so():
    figure = pid_roc(a_roc(), a_performance(), pair=("muon", "pion"))
    assert texts_of(figure.axes[0]) == ["no entries"]


@looks_as_before
def test_pid_in_bins_looks_as_before():
    return pid_in_bins(a_performance(), pair=PAIR, source="collection")


def test_pid_in_bins_shows_every_bin_of_momentum_and_length():
    figure = pid_in_bins(a_performance(), pair=PAIR, source="external")
    for axes, name in zip(figure.axes[:2], BINNED, strict=True):
        points = [line for line in axes.lines if line.get_marker() == "o"]
        x = points[0].get_xdata()
        inside = zip(pairwise(EDGES[name]), x, strict=True)
        assert all(low < place < high for (low, high), place in inside)


def test_pid_in_bins_does_not_depend_on_row_order():
    one, other = (
        pid_in_bins(table, pair=PAIR, source="external")
        for table in (a_performance(), a_performance().sample(frac=1, random_state=1))
    )
    for first, second in zip(one.axes, other.axes, strict=True):
        drawn = [[list(line.get_ydata()) for line in axes.lines] for axes in (first, second)]
        assert drawn[0] == drawn[1]


def test_pid_in_bins_of_no_bin_says_so():
    table = a_performance()
    figure = pid_in_bins(table[table["binned_by"] == "all"], pair=PAIR, source="external")
    assert [texts_of(axes) for axes in figure.axes] == [["no entries"]] * 6


@looks_as_before
def test_pid_confusion_looks_as_before():
    return pid_confusion(a_confusion())


def test_pid_confusion_writes_share_and_interval_of_what_occurs():
    axes = pid_confusion(a_confusion()).axes[0]
    assert texts_of(axes)[:2] == ["80", "75–85"]
    assert len(texts_of(axes)) == 2 * 10
    assert axes.get_yticklabels()[1].get_text() == "K⁺ (100)"
    assert np.diag(axes.images[0].get_array()).tolist() == [0.8] * 5


def test_pid_confusion_of_nothing_says_so():
    assert texts_of(pid_confusion(PID_CONFUSION.empty()).axes[0]) == ["no entries"]
