"""What the figures of moved tracks and learnt images show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.fidelity import aliasing, learnt_images
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.images import ALIASING
from latentscape.lartpc.validation.fidelity import compare_learning
from latentscape.lartpc.validation.tables import FIDELITY, FIDELITY_DIFFERENCES

LABELS = sample_labels({"proton": "proton", "kaon": "kaon"})
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def moved_tracks(planes=("collection", "induction"), tracks=30):
    """Return tracks whose bilinear charge swings with the shift, each in a phase of its own."""
    rng = np.random.default_rng(5)
    frames = []
    for plane in planes:
        strength = {"collection": 0.3, "induction": 0.9}[plane]
        for resize, swing in (("area", 0.0), ("bilinear", strength)):
            track, shift = (axis.ravel() for axis in np.mgrid[:tracks, :32])
            phase = rng.uniform(0, 2 * np.pi, tracks)[track]
            turn = np.sin(np.pi * shift / 31)
            key = {"sample": "proton", "run": 1, "subrun": 0, "event": track, "track": 0}
            kept = 1 + swing * np.sin(2 * np.pi * shift / 31 + phase)
            distance = turn * (0.4 + swing) * (1 + 0.2 * np.sin(phase))
            of = {"plane": plane, "resize": resize, "shift": shift, "weight": 1.0}
            frames.append(pd.DataFrame(key | of | {"kept": kept, "distance": distance}))
    return ALIASING.check(pd.concat(frames))


def trainings(numbers=(0, 1, 2)):
    rng = np.random.default_rng(6)
    groups = {
        ("AUC, logistic", "kaon vs proton", "all"): 0.88,
        ("AUC, mlp", "kaon vs proton", "all"): 0.93,
        ("explained share", "proton", "validation"): 0.8,
        ("explained share", "proton", "held_out"): 0.78,
        ("explained share", "kaon", "held_out"): 0.3,
        ("charge ratio", "proton", "held_out"): 0.9,
        ("charge ratio", "kaon", "held_out"): 0.5,
    }
    rows = []
    for (quantity, group, part), centre in groups.items():
        for resize, loss in (("area", 0.0), ("bilinear", 0.05)):
            for seed in numbers:
                value = centre - loss + rng.normal(0, 0.02)
                of = {"quantity": quantity, "group": group, "part": part, "n": 90}
                ends = {"value": value, "low": value - 0.02, "high": value + 0.02}
                rows.append({"resize": resize, "seed": seed, **of, **ends})
    return FIDELITY.check(pd.DataFrame(rows))


def ticks_of(axes):
    return [text.get_text() for text in axes.get_xticklabels()]


def texts_of(axes):
    return [text.get_text() for text in axes.texts]


@looks_as_before
def test_aliasing_looks_as_before():
    return aliasing(moved_tracks())


@looks_as_before
def test_learnt_images_look_as_before():
    table = trainings()
    return learnt_images(table, compare_learning(table), labels=LABELS)


def test_a_plane_without_tracks_says_so():
    figure = aliasing(moved_tracks(planes=("collection",)))
    assert [texts_of(axes) for axes in figure.axes] == [[], ["no entries"], [], ["no entries"]]
    assert figure.axes[0].get_title(loc="left") == "collection (30 tracks)"


def test_bands_hold_the_middle_of_the_tracks():
    figure = aliasing(moved_tracks(tracks=101))
    rows = moved_tracks(tracks=101).query("plane == 'induction' and resize == 'bilinear'")
    line = figure.axes[1].lines[1]
    expected = rows.groupby("shift")["kept"].median()
    np.testing.assert_allclose(line.get_ydata(), expected)


def test_groups_have_the_names_of_a_slide_in_the_order_of_the_samples():
    table = trainings()
    figure = learnt_images(table, compare_learning(table), labels=LABELS)
    assert ticks_of(figure.axes[3]) == ["K⁺ vs p, logistic", "K⁺ vs p, MLP"]
    assert ticks_of(figure.axes[4]) == ["p, held out", "p, val.", "K⁺, held out"]


def test_one_training_has_a_difference_and_no_interval():
    table = trainings(numbers=(0,))
    figure = learnt_images(table, compare_learning(table), labels=LABELS)
    marks = [line for line in figure.axes[3].lines if line.get_marker() == "D"]
    values = table[table["quantity"] == "AUC, logistic"].set_index("resize")["value"]
    assert marks[0].get_ydata()[0] == pytest.approx(values["area"] - values["bilinear"])
    ends = [path.vertices for path in figure.axes[3].collections[0].get_paths()]
    assert not np.isfinite(np.concatenate(ends)[:, 1]).any()


def test_no_training_says_so():
    figure = learnt_images(FIDELITY.empty(), FIDELITY_DIFFERENCES.empty(), labels=LABELS)
    assert [texts_of(axes) for axes in figure.axes] == [["no entries"]] * 6
