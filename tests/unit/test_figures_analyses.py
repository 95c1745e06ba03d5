"""What the figures of the analyses show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from latentscape.evaluation.tables.content import CORRELATIONS
from latentscape.evaluation.tables.probes import PROBES
from latentscape.figures.correlations import correlation_map
from latentscape.figures.distributions import feature_histograms
from latentscape.figures.maps import latent_map
from latentscape.figures.mosaics import (
    GAP,
    LARGEST_TRAVERSAL,
    mosaic,
    reconstructions,
    traversal,
)
from latentscape.figures.probes import MOST_DIMENSIONS, probe_auc
from latentscape.figures.style import STYLE, Label, labels_of
from latentscape.figures.training import loss_curves
from latentscape.learning.tables import HISTORY

LABELS = labels_of(["circle", "square", "star", "cross", "ring"])
FEATURES = {f"feature_{i}": (f"size of part {i}", "cm" if i % 3 == 0 else "") for i in range(25)}
TEN = dict(list(FEATURES.items())[:10])
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def a_history(seed, epochs=60):
    rng = np.random.default_rng(seed)
    epoch = np.arange(1, epochs + 1)
    fall = 40 + 800 * np.exp(-epoch / 8)
    kl = 12 * (1 - np.exp(-epoch / 10))
    noise = rng.normal(1, 0.02, epochs)
    validation = fall * 1.1 * noise + 0.4 * np.maximum(epoch - 40, 0)
    loss = validation + 0.5 * kl
    best = loss == np.minimum.accumulate(loss)
    return HISTORY.check(
        pd.DataFrame(
            {
                "epoch": epoch,
                "train_loss": fall + 0.5 * kl,
                "train_reconstruction": fall,
                "train_kl": kl,
                "validation_loss": loss,
                "validation_reconstruction": validation,
                "validation_kl": kl * 1.02,
                "is_best": best,
            }
        )
    )


def some_images(n, channels=2, size=24):
    """Return n images of a line whose slope and brightness grow with the number."""
    images = np.zeros((n, channels, size, size))
    x = np.arange(size)
    for i in range(n):
        y = np.clip(size // 2 + (i / max(n - 1, 1) - 0.5) * (x - x[0]) * 0.8, 0, size - 1)
        for channel in range(channels):
            images[i, channel, x, y.astype(int)] = (100 + 50 * x) * (1 - 0.4 * channel)
    return images


def a_table(n=600, labels=("circle", "square", "star")):
    rng = np.random.default_rng(2)
    label = np.repeat(list(labels), n // len(labels))
    shift = np.repeat(np.arange(len(labels)), n // len(labels))
    columns = {name: rng.normal(shift * 0.8, 1) for name in FEATURES}
    table = pd.DataFrame({"label": label, **columns})
    table["feature_3"] = rng.poisson(3 + shift).astype(float)
    table.loc[rng.random(len(table)) < 0.1, "feature_7"] = np.nan
    table["feature_8"] = np.nan
    table["feature_9"] = 1.0
    return table


def a_map(seeds=(0, 1)):
    rng = np.random.default_rng(3)
    table = a_table()
    shift = table["label"].map({"circle": 0, "square": 4, "star": 7}).to_numpy()
    parts = [
        table.assign(seed=seed, x=rng.normal(shift), y=rng.normal(shift % 5)) for seed in seeds
    ]
    return pd.concat(parts, ignore_index=True)


def some_correlations(rows, seeds=(0,), groups=("all",)):
    rng = np.random.default_rng(4)
    table = [
        (seed, group, row, feature, float(np.clip(rng.normal(0, 0.35), -0.95, 0.95)))
        for seed in seeds
        for group in groups
        for row in rows
        for feature in FEATURES
    ]
    frame = pd.DataFrame(table, columns=["seed", "group", "row", "column", "spearman"])
    frame.loc[frame["column"] == "feature_8", "spearman"] = np.nan
    frame = frame.assign(low=-0.1, high=0.1, null_low=-0.1, null_high=0.1, n=500)
    return CORRELATIONS.check(frame)


def some_probes(seeds=(0, 1, 2), tasks=("circle vs square", "circle vs star"), latent=8):
    rng = np.random.default_rng(5)
    inputs = [(f"z{i}", 1) for i in range(latent)]
    inputs += [("z0+z3", 2), ("z1+z2", 2), ("z0+z1+z3", 3), ("all", latent)]
    rows = []
    for seed in seeds:
        for task in tasks:
            for probe in ("logistic", "mlp"):
                for name, n in inputs:
                    if probe == "mlp" and name != "all":
                        continue
                    auc = {1: 0.55, 2: 0.75, 3: 0.82}.get(n, 0.9) + rng.normal(0, 0.03)
                    rows.append((seed, task, probe, name, n, min(auc, 0.99)))
    frame = pd.DataFrame(rows, columns=["seed", "task", "probe", "inputs", "n_inputs", "auc"])
    return PROBES.check(
        frame.assign(
            low=frame["auc"] - 0.02,
            high=frame["auc"] + 0.02,
            null_low=0.46,
            null_high=0.54,
            accuracy=0.7,
            n_positive=500,
            n_negative=400,
        )
    )


def texts_of(axes):
    return [text.get_text() for text in axes.texts]


def legend_of(owner):
    return [text.get_text() for text in owner.get_texts()]


def shuffled(frame):
    return frame.sample(frac=1, random_state=11).reset_index(drop=True)


@looks_as_before
def test_loss_curves_look_as_before():
    return loss_curves({seed: a_history(seed) for seed in range(3)})


def test_loss_curves_mark_the_epoch_whose_weights_were_kept():
    history = a_history(0)
    kept = history[history["is_best"]].iloc[-1]
    axes = loss_curves({0: history}).axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == [
        (kept["epoch"], kept["validation_loss"])
    ]


def test_loss_curves_draw_both_parts_of_every_training():
    figure = loss_curves({seed: a_history(seed) for seed in (0, 1, 2)})
    assert [len(axes.lines) for axes in figure.axes] == [9, 9, 9]
    names = legend_of(figure.legends[0])
    assert names == ["training 0", "training 1", "training 2", "train", "validation", "best epoch"]


def test_loss_curves_of_no_epoch_say_so():
    figure = loss_curves({0: HISTORY.empty()})
    assert [texts_of(axes) for axes in figure.axes] == [["no entries"]] * 3


def reconstructed(images, **options):
    names = [f"row {i}" for i in range(len(images))]
    settings = {"names": names, "channels": ("front", "side"), "axes_names": ("x", "y")}
    return reconstructions(images, images * 0.9, **(settings | {"unit": "lux"} | options))


@looks_as_before
def test_reconstructions_look_as_before():
    return reconstructed(some_images(3))


def test_input_and_reconstruction_share_one_scale_and_the_residual_is_symmetric():
    pair, residual = reconstructed(some_images(3)).axes[:2]
    assert len(pair.images) == 1
    norm = residual.images[0].norm
    assert norm.vmin == -norm.vmax


def test_a_perfect_reconstruction_leaves_no_residual():
    images = some_images(2)
    figure = reconstructions(
        images, images, names="ab", channels=("front", "side"), axes_names=("x", "y"), unit=""
    )
    assert figure.axes[1].images[0].get_array().compressed().max() == 0


def test_reconstructions_of_nothing_say_so():
    assert texts_of(reconstructed(np.empty((0, 2, 24, 24))).axes[0]) == ["no entries"]


def test_a_mosaic_places_each_image_by_hand():
    images = np.array([[[[1.0, 2.0], [3.0, 4.0]]], [[[5.0, 6.0], [7.0, 8.0]]]])
    nan = np.nan
    expected = [[1, 3], [2, 4], [nan, nan], [nan, nan], [5, 7], [6, 8]]
    assert GAP == 2
    np.testing.assert_array_equal(mosaic(images), expected)


def a_walk(latent, steps=9):
    return np.stack([some_images(steps) * (1 + i) for i in range(latent)])


@looks_as_before
def test_traversal_looks_as_before():
    return traversal(a_walk(4), sigmas=2, channels=("front", "side"), unit="lux")


def test_traversal_says_how_far_each_step_goes():
    axes = traversal(a_walk(2), sigmas=2, channels=("front", "side"), unit="").axes[0]
    texts = [label.get_text() for label in axes.get_xticklabels()]
    assert texts == ["−2σ", "", "−1σ", "", "0", "", "+1σ", "", "+2σ"]


def test_traversal_of_many_dimensions_shows_those_that_change_the_images_most():
    walk = a_walk(LARGEST_TRAVERSAL + 2)
    walk[[0, 5]] = walk[0, 0]  # nothing changes along these two
    axes = traversal(walk, sigmas=2, channels=("front", "side"), unit="").axes[0]
    shown = [label.get_text() for label in axes.get_yticklabels()]
    expected = [i for i in range(LARGEST_TRAVERSAL + 2) if i not in (0, 5)]
    assert shown == [f"$z_{{{i}}}$" for i in expected]


@looks_as_before
def test_feature_histograms_look_as_before():
    return feature_histograms(a_table(), features=FEATURES, labels=LABELS)


def test_feature_histograms_are_normalised_to_one_per_label():
    figure = feature_histograms(a_table(), features=TEN, labels=LABELS)
    for steps in figure.axes[0].patches:
        assert steps.get_data().values.sum() == pytest.approx(1)


def test_feature_histograms_say_how_many_values_are_missing():
    table = a_table()
    figure = feature_histograms(table, features=TEN, labels=LABELS)
    missing = int(table["feature_7"].isna().sum())
    assert figure.axes[7].get_title(loc="right") == f"{missing} missing"
    assert texts_of(figure.axes[8]) == ["all missing"]
    assert figure.axes[0].get_title(loc="right") == ""


def test_feature_histograms_have_units_and_counts():
    figure = feature_histograms(a_table(), features=TEN, labels=LABELS)
    assert figure.axes[0].get_xlabel() == "size of part 0 [cm]"
    assert figure.axes[1].get_xlabel() == "size of part 1"
    assert legend_of(figure.legends[0]) == ["circle (200)", "square (200)", "star (200)"]


def test_a_whole_number_has_its_own_bin():
    figure = feature_histograms(a_table(), features=TEN, labels=LABELS)
    edges = figure.axes[3].patches[0].get_data().edges
    assert np.all(np.diff(edges) == 1)
    assert np.all(edges % 1 == 0.5)


def test_a_label_has_its_colour_whichever_labels_are_present():
    figure = feature_histograms(a_table(labels=("star",)), features=TEN, labels=LABELS)
    colour = to_hex(figure.axes[0].patches[0].get_edgecolor())
    assert colour == LABELS["star"].colour.lower()


def test_feature_histograms_of_nothing_are_drawn():
    figure = feature_histograms(a_table().head(0), features=TEN, labels=LABELS)
    assert texts_of(figure.axes[0]) == ["all missing"]


FOUR = {name: FEATURES[name] for name in ("feature_0", "feature_1", "feature_3", "feature_7")}


@looks_as_before
def test_latent_map_looks_as_before():
    return latent_map(a_map(), labels=LABELS, features=FOUR)


def test_latent_map_does_not_depend_on_row_order():
    one = latent_map(a_map(), labels=LABELS, features=FOUR)
    other = latent_map(shuffled(a_map()), labels=LABELS, features=FOUR)
    for axes, same in zip(one.axes[:5], other.axes[:5], strict=True):
        for drawn, again in zip(axes.collections, same.collections, strict=True):
            np.testing.assert_array_equal(drawn.get_offsets(), again.get_offsets())
            np.testing.assert_array_equal(drawn.get_facecolors(), again.get_facecolors())


def test_latent_map_shows_one_training_only():
    figure = latent_map(a_map(seeds=(0, 4)), labels=LABELS, features=FOUR, seed=4)
    expected = a_map(seeds=(0, 4)).query("seed == 4")["x"]
    drawn = figure.axes[0].collections[0].get_offsets()[:, 0]
    np.testing.assert_array_equal(np.sort(drawn), np.sort(expected))


def test_latent_map_draws_points_without_the_feature_in_grey():
    table = a_map(seeds=(0,))
    figure = latent_map(table, labels=LABELS, features={"feature_7": ("part 7", "cm")})
    grey, coloured = figure.axes[1].collections[:2]
    assert len(grey.get_offsets()) == table["feature_7"].isna().sum()
    assert len(coloured.get_offsets()) == table["feature_7"].notna().sum()


def test_latent_map_of_nothing_says_so():
    figure = latent_map(a_map().head(0), labels=LABELS, features=FOUR)
    assert texts_of(figure.axes[0]) == ["no entries"]


LATENTS = [f"z{i}" for i in range(12)]


@looks_as_before
def test_correlation_map_looks_as_before():
    return correlation_map(some_correlations([*LATENTS[:8], *FEATURES]), features=FEATURES, seed=0)


def test_correlation_map_sorts_dimensions_by_number_and_features_by_configuration():
    axes = correlation_map(some_correlations(LATENTS), features=FEATURES, seed=0).axes[0]
    dimensions = [label.get_text() for label in axes.get_xticklabels()]
    assert dimensions == [f"$z_{{{i}}}$" for i in range(12)]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        text for text, _ in FEATURES.values()
    ]


def test_correlation_map_writes_large_values_only():
    table = some_correlations(["z0", "z1"])
    axes = correlation_map(table, features=FEATURES, seed=0).axes[0]
    assert len(axes.texts) == int((table["spearman"].abs() > 0.3).sum())


def test_correlation_map_leaves_undefined_cells_without_value():
    axes = correlation_map(some_correlations(["z0"]), features=FEATURES, seed=0).axes[0]
    values = axes.images[0].get_array()
    assert values.shape == (25, 1)
    assert np.ma.getmaskarray(np.ma.masked_invalid(values))[:, 0].nonzero()[0].tolist() == [8]


def test_correlation_map_takes_the_mean_over_trainings_if_none_is_named():
    table = some_correlations(["feature_0"], seeds=(0, 1))
    chosen = table[table["column"] == "feature_3"]["spearman"]
    values = correlation_map(table, features=FEATURES).axes[0].images[0].get_array()
    assert values[3, 0] == pytest.approx(chosen.mean())


def test_correlation_map_puts_latents_and_features_beside_each_other():
    table = some_correlations(["z0", "z1", *FEATURES])
    latents, features = correlation_map(table, features=FEATURES, seed=0).axes[:2]
    assert latents.images[0].get_array().shape == (25, 2)
    assert features.images[0].get_array().shape == (25, 25)
    assert latents.texts
    assert not features.texts


def test_correlation_map_of_an_absent_group_says_so():
    figure = correlation_map(some_correlations(["z0"]), features=FEATURES, group="star")
    assert texts_of(figure.axes[0]) == ["no entries"]


@looks_as_before
def test_probe_auc_looks_as_before():
    return probe_auc(some_probes())


def test_probe_auc_has_one_mark_per_seed_probe_and_input():
    axes = probe_auc(some_probes(seeds=(0, 1), tasks=("a vs b",), latent=3)).axes[0]
    marks = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    # three dimensions, best 2, best 3 and all by the logistic probe, all by the other one
    assert len(marks) == 2 * (3 + 2 + 1 + 1)


def test_probe_auc_shows_the_best_of_sets_of_equal_size():
    table = some_probes(seeds=(0,), tasks=("a vs b",))
    best = table.loc[table["n_inputs"] == 2, "auc"].max()
    axes = probe_auc(table).axes[0]
    texts = [label.get_text() for label in axes.get_xticklabels()]
    assert texts[-3:] == ["best\n2", "best\n3", "all"]
    heights = [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert best in heights
    assert table.loc[table["n_inputs"] == 2, "auc"].min() not in heights


def test_probe_auc_says_the_labels_as_on_a_slide():
    labels = {"a": Label("K⁺", "red"), "b": Label("p", "blue")}
    axes = probe_auc(some_probes(seeds=(0,), tasks=("a vs b",)), labels=labels).axes[0]
    assert axes.get_title(loc="left") == "K⁺ vs p"


def test_probe_auc_of_many_dimensions_shows_the_strongest():
    table = some_probes(seeds=(0,), tasks=("a vs b",), latent=30)
    single = table[table["inputs"].str.fullmatch(r"z\d+")]
    weak = set(single.nsmallest(30 - MOST_DIMENSIONS, "auc")["inputs"])
    texts = [label.get_text() for label in probe_auc(table).axes[0].get_xticklabels()]
    assert len(texts) == MOST_DIMENSIONS + 3
    assert not {f"$z_{{{name[1:]}}}$" for name in weak} & set(texts)


def test_probe_auc_of_nothing_says_so():
    assert texts_of(probe_auc(PROBES.empty()).axes[0]) == ["no entries"]
