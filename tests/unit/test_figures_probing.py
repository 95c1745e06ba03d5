"""What the figures of the probes show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.tables.probes import (
    AGREEMENT,
    DIFFERENCES,
    HARD_SHARES,
    MULTICLASS,
    MULTICLASS_CONFUSION,
    PROBES,
)
from latentscape.figures.agreement import probe_agreement
from latentscape.figures.hard_cases import hard_case_images
from latentscape.figures.multiclass import several_labels
from latentscape.figures.populations import task_differences
from latentscape.figures.probes import SHUFFLED, probe_auc
from latentscape.figures.style import STYLE, labels_of
from latentscape.lartpc.figures.hard_causes import TRAIT_LABELS, hard_track_traits
from latentscape.lartpc.figures.labels import population_labels, sample_labels
from latentscape.lartpc.tables.truth import HARD_CAUSES

LABELS = labels_of(["circle", "square", "star"])
SPECIES = {"proton": "proton", "kaon": "kaon", "clean_kaon": "kaon"}
TASKS = ["square vs circle", "star vs circle"]
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def some_agreement(seeds=(0, 1)):
    rng = np.random.default_rng(1)
    pairs = [(a, "logistic", a, "mlp", 0.6) for a in seeds]
    pairs += [(a, k, b, k, 0.8) for k in ("logistic", "mlp") for a in seeds for b in seeds if a < b]
    pairs += [(a, k, a, "ruler", 0.3) for k in ("logistic", "mlp") for a in seeds]
    rows = []
    for task in TASKS:
        for number, probe, other_number, other, level in pairs:
            for statistic in ("kappa", "alike", "spearman"):
                if other == "ruler" and (statistic == "spearman" or task == TASKS[1]):
                    continue
                value = level + rng.normal(0, 0.03)
                rows.append((number, task, probe, other, other_number, statistic, value))
    columns = ["seed", "task", "probe", "other", "other_seed", "statistic", "value"]
    table = pd.DataFrame(rows, columns=columns)
    return AGREEMENT.check(
        table.assign(
            low=table["value"] - 0.05,
            high=table["value"] + 0.05,
            null_low=-0.06,
            null_high=0.06,
            within_low=0.15,
            within_high=0.3,
            n=300,
        )
    )


def some_cases():
    kinds = {"square": ("wrong", "easy"), "circle": ("wrong", "easy")}
    rows = [(label, kind, i) for label, own in kinds.items() for kind in own for i in range(2)]
    rows += [("circle", "unsure", 0)]
    table = pd.DataFrame(rows, columns=["label", "kind", "number"])
    return table.assign(
        task=TASKS[0],
        sample=table["label"],
        event=np.arange(len(table)) + 100,
        probability=np.linspace(0.05, 0.95, len(table)),
        wrong=np.where(table["kind"] == "wrong", 1.0, 0.0),
    )


def some_images(cases, size=12):
    rng = np.random.default_rng(2)
    images = np.zeros((len(cases), 2, size, size), dtype=np.float32)
    for image in images:
        rows = np.clip(np.cumsum(rng.integers(-1, 2, size=size)) + size // 2, 0, size - 1)
        image[:, np.arange(size), rows] = 200 + 50 * np.arange(size)
    return KeyedArrays(cases[["sample", "event"]], {"images": images})


def some_probes(tasks, seeds=(0, 1), probes=("logistic", "mlp")):
    rng = np.random.default_rng(3)
    rows = [
        (number, task, probe, level + rng.normal(0, 0.01))
        for number in seeds
        for task in tasks
        for probe, level in zip(probes, (0.8, 0.9), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["seed", "task", "probe", "auc"])
    return PROBES.check(
        table.assign(
            inputs="all",
            n_inputs=8,
            low=table["auc"] - 0.03,
            high=table["auc"] + 0.03,
            null_low=0.45,
            null_high=0.55,
            accuracy=0.7,
            n_positive=60,
            n_negative=100,
        )
    )


POPULATIONS = ["kaon vs proton", "kaon_picky vs proton", "clean_kaon vs proton"]


def some_differences(seeds=(0, 1)):
    rows = [
        (number, probe, task, POPULATIONS[0], value + 0.004 * number)
        for number in seeds
        for probe in ("logistic", "mlp")
        for task, value in zip(POPULATIONS[1:], (0.01, -0.05), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["seed", "probe", "task", "base", "difference"])
    return DIFFERENCES.check(
        table.assign(
            low=table["difference"] - 0.02,
            high=table["difference"] + 0.02,
            null_low=-0.03,
            null_high=0.02,
            n_positive=60,
            n_negative=100,
        )
    )


def some_classes(seeds=(0, 1)):
    rng = np.random.default_rng(4)
    names = list(LABELS)
    areas, cells = [], []
    for number in seeds:
        for probe in ("logistic", "mlp"):
            for task in ("all", *(f"{name} vs rest" for name in names)):
                areas.append((number, probe, task, 0.8 + rng.normal(0, 0.02)))
            for i, label in enumerate(names):
                for j, assigned in enumerate(names):
                    share = 0.7 if i == j else 0.1 + 0.1 * (j == (i + 1) % 3)
                    cells.append((number, probe, label, assigned, share))
    performance = pd.DataFrame(areas, columns=["seed", "probe", "task", "value"])
    performance = performance.assign(
        score="auc",
        low=performance["value"] - 0.02,
        high=performance["value"] + 0.02,
        null_low=0.46,
        null_high=0.54,
        n=300,
    )
    confusion = pd.DataFrame(cells, columns=["seed", "probe", "label", "assigned", "share"])
    confusion = confusion.assign(
        rows=(100 * confusion["share"]).round().astype(int),
        low=confusion["share"] - 0.05,
        high=confusion["share"] + 0.05,
        n=100,
    )
    return MULTICLASS.check(performance), MULTICLASS_CONFUSION.check(confusion)


def some_causes():
    rows = [
        (label, kind, trait, 0.2 + 0.05 * place + 0.3 * (kind == "wrong"), 0.2 + 0.05 * place)
        for label in ("kaon", "proton")
        for kind in ("wrong", "unsure")
        for place, trait in enumerate(TRAIT_LABELS)
        if label == "kaon" or place > 3
    ]
    columns = ["label", "kind", "trait", "hard_share", "other_share"]
    table = pd.DataFrame(rows, columns=columns).assign(task=POPULATIONS[0])
    ends = {
        f"{side}_{end}": (table[f"{side}_share"] + sign * 0.08).clip(0, 1)
        for side in ("hard", "other")
        for end, sign in (("low", -1), ("high", 1))
    }
    table = table.assign(**ends, n_hard=30, n_other=400, odds_ratio=2.0, odds_low=1.1)
    p_value = np.where((table["kind"] == "wrong") & (table["trait"] == "low_energy"), 0.001, 0.5)
    return HARD_CAUSES.check(table.assign(odds_high=4.0, p_value=p_value, p_holm=p_value))


def some_shares():
    rows = [
        (POPULATIONS[0], label, kind, rows)
        for label in ("kaon", "proton")
        for kind, rows in (("wrong", 30), ("unsure", 80))
    ]
    table = pd.DataFrame(rows, columns=["task", "label", "kind", "rows"])
    ends = {"share": 0.1, "low": 0.05, "high": 0.2, "null_low": 0.0, "null_high": 0.01}
    return HARD_SHARES.check(table.assign(**ends, n=430))


def texts_of(axes):
    return [text.get_text() for text in axes.texts]


def names_beside(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


def marks_in(axes):
    return sum(line.get_marker() not in {"None", ""} for line in axes.lines)


@looks_as_before
def test_agreement_looks_as_before():
    return probe_agreement(some_agreement(), labels=LABELS, methods={"ruler": "a ruler"})


def test_agreement_shows_every_pair_of_a_task_once():
    table = some_agreement()
    figure = probe_agreement(table, labels=LABELS, methods={"ruler": "a ruler"})
    left, right = figure.axes[:2]
    assert set(names_beside(left)) == {
        "logistic – MLP",
        "logistic, trainings",
        "MLP, trainings",
        "logistic – a ruler",
        "MLP – a ruler",
    }
    own = table[table["task"] == TASKS[0]]
    assert marks_in(left) == (own["statistic"] == "kappa").sum()
    assert marks_in(right) == (own["statistic"] == "spearman").sum()


def test_agreement_without_a_task_says_so():
    figure = probe_agreement(AGREEMENT.empty(), labels=LABELS, methods={})
    assert texts_of(figure.axes[0]) == ["no entries"]


@looks_as_before
def test_hard_cases_look_as_before():
    cases = some_cases()
    options = {"task": TASKS[0], "labels": LABELS, "channels": ("near", "far"), "unit": "mV"}
    return hard_case_images(cases, some_images(cases), **options)


def test_hard_cases_show_each_row_with_its_own_image():
    cases = some_cases()
    images = some_images(cases)
    options = {"task": TASKS[0], "labels": LABELS, "channels": ("near", "far"), "unit": "mV"}
    figure = hard_case_images(cases, images, **options)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert len(titles) == len(cases)
    assert "square/100\nP(square) = 0.05, 100 % wrong" in titles
    first = next(
        axes for axes in figure.axes if axes.get_title(loc="left").startswith("square/100")
    )
    drawn = np.asarray(first.images[0].get_array())[:, :12]
    assert (drawn == images["images"][0, 0].T).all()
    assert "near, far" in figure.axes[-1].get_xlabel()


def test_without_hard_cases_the_figure_says_so():
    cases = some_cases()
    options = {"task": "", "labels": LABELS, "channels": (), "unit": ""}
    figure = hard_case_images(cases.iloc[:0], some_images(cases), **options)
    assert texts_of(figure.axes[0]) == ["no hard cases"]


@looks_as_before
def test_populations_look_as_before():
    return task_differences(
        some_probes(POPULATIONS),
        some_differences(),
        labels=population_labels(SPECIES),
        tasks=POPULATIONS,
    )


def test_populations_keep_the_order_of_the_tasks_and_name_the_reference():
    figure = task_differences(
        some_probes(POPULATIONS),
        some_differences(),
        labels=population_labels(SPECIES),
        tasks=["muon vs proton", *POPULATIONS],
    )
    left, right = figure.axes
    assert names_beside(left) == ["K⁺ vs p", "K⁺ picky vs p", "K⁺ clean_kaon vs p"]
    assert texts_of(right) == ["reference"]
    assert (marks_in(left), marks_in(right)) == (12, 8)


@looks_as_before
def test_several_labels_look_as_before():
    return several_labels(*some_classes(), labels=LABELS)


def test_confusion_has_the_true_label_in_its_row():
    performance, confusion = some_classes()
    figure = several_labels(performance, confusion, labels=LABELS)
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    assert drawn[0] == pytest.approx([0.7, 0.2, 0.1])
    assert figure.axes[0].images[0].origin == "upper"
    assert names_beside(figure.axes[2]) == ["mean", *LABELS]


@looks_as_before
def test_hard_causes_look_as_before():
    labels = sample_labels(SPECIES)
    return hard_track_traits(some_causes(), some_shares(), task=POPULATIONS[0], labels=labels)


def test_hard_causes_mark_what_is_over_represented():
    labels = sample_labels(SPECIES)
    figure = hard_track_traits(some_causes(), some_shares(), task=POPULATIONS[0], labels=labels)
    kaon, proton = figure.axes
    assert kaon.get_title(loc="left") == "K⁺: 30 wrong, 80 unsure of 430"
    assert [name for name in names_beside(proton) if name.endswith("*")] == ["low energy*"]
    assert len(names_beside(kaon)) == len(TRAIT_LABELS)


@looks_as_before
def test_probes_with_control_look_as_before():
    control = some_probes(TASKS, probes=("control_logistic", "control_mlp"))
    control = control.assign(auc=0.5, low=0.42, high=0.58)
    table = pd.concat([some_probes(TASKS), control], ignore_index=True)
    return probe_auc(table, labels=LABELS)


def test_probes_of_shuffled_labels_stand_at_the_right():
    control = some_probes(TASKS, probes=("control_logistic", "control_mlp"))
    table = pd.concat([some_probes(TASKS), control], ignore_index=True)
    figure = probe_auc(table, labels=LABELS)
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["all", SHUFFLED]
    assert marks_in(figure.axes[0]) == 8
