"""What the figures of groups and factors show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.evaluation.normal_pid import count_assignments
from latentscape.evaluation.tables.structure import BIC, DISENTANGLEMENT, FACTORS, MIXTURES
from latentscape.figures.factors import factor_map
from latentscape.figures.structure import confusion_matrices, mixture_agreement
from latentscape.figures.style import STYLE, labels_of

LABELS = labels_of(["circle", "square", "star"])
TEXTS = {"size": "size of a part", "turn": "angle", "is_closed": "closed"}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def some_mixtures(trainings=3):
    rows = [
        (seed, labels, choice, score, value + 0.03 * seed)
        for seed in range(trainings)
        for labels in ("all", "circle+square")
        for choice, shift in (("labels", 0.0), ("bic", 0.1))
        for score, value in (("ari", 0.3 - shift), ("purity", 0.6 + shift), ("nmi", 0.3))
    ]
    frame = pd.DataFrame(rows, columns=["seed", "labels", "choice", "score", "value"])
    floor = np.where(frame["score"] == "purity", 0.45, 0.0)
    return MIXTURES.check(
        frame.assign(
            low=frame["value"] - 0.03,
            high=frame["value"] + 0.03,
            null_low=floor,
            null_high=floor + 0.02,
            largest_share=0.45,
            components=3,
            n_labels=3,
            n=500,
        )
    )


def some_bic(trainings=3):
    components = np.arange(1, 9)
    tables = [
        pd.DataFrame({"components": components, "bic": 900.0 * (components - best) ** 2}).assign(
            seed=seed, labels=labels, is_chosen=components == best
        )
        for seed in range(trainings)
        for labels, best in (("all", 5), ("circle+square", 8))
    ]
    frame = pd.concat(tables)
    return BIC.check(frame.assign(log_density=-3.0, parameters=9, n=500))


def some_confusion(n=200):
    rng = np.random.default_rng(3)
    label = rng.choice(list(LABELS), size=n, p=[0.5, 0.3, 0.2])
    assigned = np.where(rng.random(n) < 0.7, label, rng.choice(["circle", "square"], size=n))
    return count_assignments(label, assigned, list(LABELS), list(LABELS))


def some_factors(trainings=2):
    rng = np.random.default_rng(6)
    known = [
        (seed, group, f"z{i}", name, 0.4 if i == place else 0.01 * rng.random())
        for seed in range(trainings)
        for group, shown in (("circle", TEXTS), ("star", list(TEXTS)[:2]))
        for place, name in enumerate(shown)
        for i in range(4)
    ]
    frame = pd.DataFrame(known, columns=["seed", "group", "dimension", "factor", "share"])
    frame = frame.assign(
        information=2 * frame["share"],
        null_high=0.006,
        squared_correlation=frame["share"],
        importance=frame["share"],
        n=300,
    )
    scores = [
        (seed, group, score, name, value - 0.03 * seed)
        for seed in range(trainings)
        for group, shown in (("circle", TEXTS), ("star", list(TEXTS)[:2]))
        for score, value in (("informativeness", 0.8), ("mig", 0.4), ("sap", 0.5))
        for name in (*shown, "all")
    ]
    for seed in range(trainings):
        for group in ("circle", "star"):
            scores.append((seed, group, "completeness", "size", 0.6))
            scores.append((seed, group, "completeness", "turn", np.nan))
            scores.append((seed, group, "completeness", "all", 0.5))
            scores.append((seed, group, "disentanglement", "all", 0.7))
    table = pd.DataFrame(scores, columns=["seed", "group", "score", "factor", "value"])
    ends = {"low": table["value"] - 0.05, "high": table["value"] + 0.05}
    table = table.assign(**ends, null_low=0.0, null_high=0.1, n=300)
    return FACTORS.check(frame), DISENTANGLEMENT.check(table)


@looks_as_before
def test_mixtures_stand_beside_their_floor():
    return mixture_agreement(some_mixtures(), some_bic(), labels=LABELS)


@looks_as_before
def test_confusion_matrices_of_two_methods():
    return confusion_matrices({"one": some_confusion(), "other": some_confusion(60)}, labels=LABELS)


@looks_as_before
def test_factors_and_their_scores_stand_in_one_line():
    return factor_map(*some_factors(), factors=TEXTS, labels=LABELS, seed=0)


def test_a_row_of_a_confusion_matrix_says_its_share_and_interval():
    figure = confusion_matrices({"one": some_confusion()}, labels=LABELS)
    texts = {text.get_text() for axes in figure.axes for text in axes.texts}
    cell = some_confusion().set_index(["label", "assigned"]).loc[("circle", "circle")]
    assert f"{100 * cell['share']:.0f}" in texts
    assert f"{100 * cell['low']:.0f}–{100 * cell['high']:.0f}" in texts


def test_the_ring_is_at_the_smallest_criterion():
    first = mixture_agreement(some_mixtures(), some_bic(), labels=LABELS).axes[0]
    rings = {tuple(line.get_xdata()) for line in first.lines if line.get_marker() == "o"}
    assert rings == {(5,), (8,)}


def test_empty_tables_say_so():
    empty = [
        mixture_agreement(MIXTURES.empty(), some_bic(1), labels=LABELS),
        confusion_matrices({}, labels=LABELS),
        factor_map(FACTORS.empty(), DISENTANGLEMENT.empty(), factors=TEXTS, labels=LABELS, seed=0),
    ]
    for figure in empty:
        texts = [text.get_text() for axes in figure.axes for text in axes.texts]
        assert "no entries" in texts
