"""What the figures of the latents' content show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.evaluation.tables.content import (
    CONTENT,
    CORRELATIONS,
    IMPORTANCE,
    MUTUAL_INFORMATION,
    PROXY,
    VARIANCE,
    WITHIN,
)
from latentscape.figures.content import content, importance, variance, within
from latentscape.figures.correlations import correlations_by_label
from latentscape.figures.maps import feature_maps
from latentscape.figures.mosaics import LARGEST_WALK, interpolations, walks
from latentscape.figures.style import STYLE, labels_of

LABELS = labels_of(["circle", "square", "star"])
FEATURES = {f"feature_{i}": (f"size of part {i}", "cm" if i % 3 == 0 else "") for i in range(12)}
FAMILIES = {"first": list(FEATURES)[:7], "second": list(FEATURES)[7:]}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def combinations(**columns):
    """One row per combination, and numbers between 0 and 1 that look random."""
    frame = pd.MultiIndex.from_product(columns.values(), names=columns).to_frame(index=False)
    return frame, np.random.default_rng(1).uniform(size=len(frame))


def some_content():
    frame, _ = combinations(feature=FEATURES, seed=(0, 1, 2), reader=("ridge", "mlp"))
    level = frame["feature"].map({name: i / 14 for i, name in enumerate(FEATURES)})
    r2 = level + 0.1 * (frame["reader"] == "mlp") + 0.01 * frame["seed"]
    gain = pd.Series(np.where(frame["reader"] == "mlp", 0.1 + 0.02 * frame["seed"], np.nan))
    table = frame.assign(r2=r2, low=r2 - 0.03, high=r2 + 0.02, null_low=-0.06, null_high=0.0)
    table = table.assign(gain=gain, gain_low=gain - 0.02, gain_high=gain + 0.02)
    errors = dict.fromkeys(("rmse", "rmse_low", "rmse_high", "mae", "mae_low", "mae_high"), 1.0)
    return CONTENT.check(table.assign(**errors, n=100, n_missing=0))


def some_importance(latent=8):
    frame, value = combinations(
        feature=FEATURES, seed=(0, 1), reader=("ridge", "mlp"), dimension=dimensions(latent)
    )
    ends = {"low": value - 0.1, "high": value + 0.1, "null_low": 0.0, "null_high": 0.3}
    return IMPORTANCE.check(frame.assign(importance=value**2, **ends))


def some_information(latent=8):
    frame, value = combinations(feature=FEATURES, seed=(0, 1), dimension=dimensions(latent))
    value = np.where(frame["feature"] == "feature_3", np.nan, value)
    ends = {"low": value - 0.1, "high": value + 0.1, "null_low": -0.03, "null_high": 0.3}
    return MUTUAL_INFORMATION.check(frame.assign(information=value, **ends, n=100))


def dimensions(latent):
    return [f"z{i}" for i in range(latent)]


def some_variance(latent=8):
    frame, value = combinations(
        seed=(0, 1, 2),
        scale=("raw", "rank"),
        dimension=dimensions(latent),
        source=("labels", "features", "feature_1"),
    )
    ends = {"low": value - 0.04, "high": value + 0.04, "null_low": -0.01, "null_high": 0.01}
    return VARIANCE.check(frame.assign(share=value, **ends, n=100, n_missing=0))


def some_within():
    frame, value = combinations(label=LABELS, seed=(0, 1, 2), feature=FEATURES)
    value = 0.5 + 0.45 * value * (frame["label"] != "star")
    value[frame["feature"] == "feature_4"] = np.nan
    ends = {"low": value - 0.03, "high": value + 0.03, "null_low": 0.47, "null_high": 0.53}
    return WITHIN.check(frame.assign(auc=value, **ends, n_above=50, n_below=50, n_missing=0))


def some_proxy():
    frame, value = combinations(label=LABELS, family=FAMILIES)
    mean = 0.6 + 0.3 * value
    ends = {"low": mean - 0.05, "high": mean + 0.05, "null_low": 0.47, "null_high": 0.53}
    return PROXY.check(frame.assign(n_seeds=3, mean=mean, spread=0.02, **ends))


def some_correlations():
    frame, value = combinations(
        group=("all", *LABELS), row=[*dimensions(8), *FEATURES], column=FEATURES
    )
    frame["spearman"] = 2 * value - 1
    frame.loc[frame["column"] == "feature_3", "spearman"] = np.nan
    frame = frame.assign(seed=0, low=-1.0, high=1.0, null_low=-0.2, null_high=0.2, n=500)
    return CORRELATIONS.check(frame)


def some_images(*shape, size=16):
    """Bars whose height grows with the number of the image."""
    images = np.zeros((*shape, size, size), np.float32)
    flat = images.reshape(-1, size, size)
    for i, image in enumerate(flat):
        image[2 : 3 + i * (size - 4) // len(flat), 4:8] = 10 + i
    return images


def a_map():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 300))
    columns = {name: x + i * y for i, name in enumerate(FEATURES)}
    columns["feature_3"] = np.full(300, np.nan)
    return pd.DataFrame({"seed": 0, "x": x, "y": y, **columns})


@looks_as_before
def test_content_shows_both_readers_and_the_gain():
    return content(some_content(), features=FEATURES)


@looks_as_before
def test_importance_shows_what_exceeds_the_null():
    return importance(some_importance(), some_information(), features=FEATURES)


@looks_as_before
def test_variance_shows_parts_that_fill_each_bar():
    return variance(some_variance())


@looks_as_before
def test_within_shows_features_by_family_and_label():
    return within(some_within(), some_proxy(), features=FEATURES, families=FAMILIES, labels=LABELS)


@looks_as_before
def test_correlations_by_label_stand_beside_those_of_all():
    return correlations_by_label(some_correlations(), features=FEATURES, labels=LABELS)


@looks_as_before
def test_feature_maps_show_every_feature():
    return feature_maps(a_map(), features=FEATURES)


@looks_as_before
def test_walks_show_inputs_and_both_ends():
    return walks(
        some_images(2, 2),
        some_images(2, 4, 5, 2),
        names=["circle 1", "square 7"],
        sigmas=2,
        channels=["red", "blue"],
        unit="count",
    )


@looks_as_before
def test_interpolations_show_inputs_at_both_ends():
    return interpolations(
        some_images(2, 2, 2),
        some_images(2, 5, 2),
        names=["circle → square", "circle → star"],
        channels=["red", "blue"],
        unit="count",
    )


def test_walks_of_many_dimensions_show_the_liveliest():
    images = np.zeros((1, 12, 3, 1, 4, 4), np.float32)
    images[0, 2:11, 0] = 1
    figure = walks(images[:, 0, 0], images, names=["a"], sigmas=2, channels=["one"], unit="count")
    texts = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert len(texts) == 2 + 2 * LARGEST_WALK
    assert texts[2] == "$z_{2}$\n−2σ"


def test_bars_of_the_variance_end_at_one():
    figure = variance(some_variance())
    tops = [bar.get_y() + bar.get_height() for bar in figure.axes[0].patches]
    assert max(tops) == pytest.approx(1)


@pytest.mark.parametrize("table", [some_content(), some_variance()])
def test_an_empty_table_makes_an_empty_figure(table):
    draw = content if "r2" in table else variance
    options = {"features": FEATURES} if "r2" in table else {}
    figure = draw(table[:0], **options)
    assert figure.axes[0].texts[0].get_text() == "no entries"


def test_interpolations_without_pairs_say_so():
    figure = interpolations(
        np.empty((0, 2, 1, 4, 4)),
        np.empty((0, 5, 1, 4, 4)),
        names=[],
        channels=["value"],
        unit="ADC",
    )
    assert [text.get_text() for text in figure.axes[0].texts] == ["no rows to join"]
