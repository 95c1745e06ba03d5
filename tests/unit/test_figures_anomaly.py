"""Figures of the anomaly search: drawn from tables, and looking as before."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.evaluation.tables.anomaly import ANOMALY, LEADERBOARD, ROC
from latentscape.figures.anomaly import (
    MOST_CURVES,
    anomaly_roc,
    score_histograms,
    score_leaderboard,
)
from latentscape.figures.style import STYLE, labels_of

LABELS = labels_of(["circle", "square", "star", "cross", "ring"])
SCORES = {
    "reconstruction": "reconstruction error",
    "kl": "KL",
    "mahalanobis": "Mahalanobis",
    "neighbours": "kNN",
    "mixture": "Gaussian mixture",
    "flow": "flow",
    "forest": "isolation forest",
    "total": "intensity, no model",
    "random": "random",
}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def an_anomaly_search(seeds=(0, 1, 2), outliers=("square", "star"), scores=tuple(SCORES)):
    """Return ROC and ANOMALY where each score follows y = x^p, of AUC 1/(1 + p)."""
    rate = np.concatenate([[0], np.geomspace(1 / 300, 1, 101)])
    curves, areas = [], []
    for seed in seeds:
        for j, outlier in enumerate(outliers):
            for score in scores:
                power = 0.15 + 0.2 * list(SCORES).index(score) + 0.05 * seed + 0.1 * j
                curve = {"false_positive_rate": rate, "true_positive_rate": rate**power}
                curves.append(pd.DataFrame(curve).assign(seed=seed, score=score, outlier=outlier))
                auc = 1 / (1 + power)
                areas.append((seed, score, outlier, auc, auc - 0.02, auc + 0.02))
    table = pd.DataFrame(areas, columns=["seed", "score", "outlier", "auc", "low", "high"])
    table = table.assign(null_low=0.45, null_high=0.55, n_outlier=1200, n_inlier=300)
    return (
        ROC.check(pd.concat(curves, ignore_index=True)),
        ANOMALY.check(table.reindex(columns=[column.name for column in ANOMALY.columns])),
    )


def a_leaderboard(directions=(("first", "circle", "square"), ("first", "circle", "star"))):
    """Return a board on which the scores fall from 0.98 in equal steps."""
    rows = [
        {
            "model": model,
            "trained_on": trained_on,
            "outlier": outlier,
            "rank": place + 1,
            "score": score,
            "n_seeds": 3,
            "auc": 0.98 - 0.08 * place,
            "low": 0.94 - 0.08 * place,
            "high": 1.0 - 0.08 * place,
            "null_low": 0.45,
            "null_high": 0.55,
            "n_outlier": 1200,
            "n_inlier": 300,
        }
        for model, trained_on, outlier in directions
        for place, score in enumerate(SCORES)
    ]
    table = pd.DataFrame(rows).reindex(columns=[column.name for column in LEADERBOARD.columns])
    return LEADERBOARD.check(table)


def scores_of_rows(rows=400):
    rng = np.random.default_rng(5)
    tables = []
    for place, label in enumerate(["circle", "square", "star"]):
        part = np.where(np.arange(rows) % 2, "validation", "train") if not place else "held_out"
        content = {
            "wide": rng.lognormal(3 + place, 1.2, rows),
            "narrow": rng.normal(place, 1, rows),
            "signed": rng.normal(-place, 2, rows),
            "other": rng.gamma(2 + place, 1, rows),
        }
        tables.append(pd.DataFrame({"label": label, "part": part, **content}))
    return pd.concat(tables, ignore_index=True)


def texts_of(axes):
    return [text.get_text() for text in axes.texts]


def legend_of(owner):
    return [text.get_text() for text in owner.get_texts()]


@looks_as_before
def test_anomaly_roc_looks_as_before():
    return anomaly_roc(*an_anomaly_search(), labels=LABELS, scores=SCORES)


def test_anomaly_roc_draws_the_mean_curve_and_the_range_of_the_seeds():
    search = an_anomaly_search(seeds=(0, 1), outliers=("square",), scores=("kl",))
    axes = anomaly_roc(*search, labels=LABELS, scores=SCORES).axes[0]
    x = axes.lines[0].get_xdata()
    np.testing.assert_allclose(axes.lines[0].get_ydata(), (x**0.35 + x**0.40) / 2)
    assert len(axes.collections) == 1


def test_anomaly_roc_begins_at_one_inlier_and_shows_the_best_scores_alone():
    search = an_anomaly_search(outliers=("square",))
    axes = anomaly_roc(*search, labels=LABELS, scores=SCORES).axes[0]
    assert axes.get_xscale() == "log"
    assert axes.get_xlim() == pytest.approx((1 / 300, 1))
    assert legend_of(axes.figure.legends[0]) == list(SCORES.values())[:MOST_CURVES]


def test_anomaly_roc_of_one_seed_has_no_band():
    search = an_anomaly_search(seeds=(0,), outliers=("star",), scores=("kl",))
    assert not anomaly_roc(*search, labels=LABELS, scores=SCORES).axes[0].collections


def test_anomaly_roc_of_nothing_says_so():
    figure = anomaly_roc(ROC.empty(), ANOMALY.empty(), labels=LABELS, scores=SCORES)
    assert texts_of(figure.axes[0]) == ["no entries"]


def test_labels_of_an_anomaly_search_that_are_unknown_are_refused_by_name():
    with pytest.raises(InputError, match="label 'star' is not one of circle"):
        anomaly_roc(*an_anomaly_search(), labels=labels_of(["circle", "square"]), scores=SCORES)


@looks_as_before
def test_score_leaderboard_looks_as_before():
    others = [("first", "circle", name) for name in ("square", "star", "cross")]
    board = a_leaderboard([*others, ("second", "square+star", "circle")])
    return score_leaderboard(board, labels=LABELS, scores=SCORES)


def test_score_leaderboard_draws_each_auc_at_the_place_of_its_score():
    figure = score_leaderboard(
        a_leaderboard(), labels=LABELS, scores=dict(reversed(SCORES.items()))
    )
    first, second = figure.axes
    assert [axes.get_title(loc="left") for axes in (first, second)] == [
        "circle → square",
        "circle → star",
    ]
    assert [text.get_text() for text in first.get_yticklabels()] == [*reversed(SCORES.values())]
    points = first.lines[-1]
    np.testing.assert_allclose(points.get_xdata(), 0.98 - 0.08 * np.arange(9)[::-1])


def test_score_leaderboard_of_nothing_says_so():
    figure = score_leaderboard(LEADERBOARD.empty(), labels=LABELS, scores=SCORES)
    assert texts_of(figure.axes[0]) == ["no entries"]


@looks_as_before
def test_score_histograms_look_as_before():
    shown = {"wide": "wide score", "narrow": "narrow", "signed": "signed", "other": "other [nat]"}
    return score_histograms(scores_of_rows(), labels=LABELS, shown=shown)


def test_score_histograms_leave_out_training_rows_and_fill_the_trained_label():
    figure = score_histograms(scores_of_rows(), labels=LABELS, shown={"narrow": "narrow"})
    assert legend_of(figure.legends[0]) == ["circle (200)", "square (400)", "star (400)"]
    filled = [patch for patch in figure.axes[0].patches if patch.get_fill()]
    assert len(filled) == 1


def test_score_histograms_are_logarithmic_where_the_range_is_wide():
    shown = {"wide": "wide", "signed": "signed"}
    panels = score_histograms(scores_of_rows(), labels=LABELS, shown=shown).axes
    assert [axes.get_xscale() for axes in panels[:2]] == ["log", "linear"]
