"""What the figures of sweeps show, on small tables made by hand."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from latentscape.evaluation.tables.sweeps import CAPACITY
from latentscape.evaluation.trends import collect_sweep, follow_sweep
from latentscape.figures.style import STYLE, labels_of
from latentscape.figures.sweeps import sweep_curves, sweep_map

LABELS = labels_of(["circle", "square", "star"])
BASE = {
    "latent": 8,
    "channels": (4, 8),
    "beta": 0.5,
    "activation": "relu",
    "transform": "log1p",
    "fraction": 1.0,
}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def numbers_of(latent, beta, rng):
    """Give metric, group and value of a training that saturates with its dimensions."""
    rise = 1 - math.exp(-latent / 12)
    yield "explained_share", "validation", 0.5 + 0.4 * rise - 0.05 * beta + rng.normal(0, 0.01)
    yield "weighted_error", "validation", 3000 - 2000 * rise + rng.normal(0, 60)
    yield "kl", "validation", 90 * rise / (1 + beta) + rng.normal(0, 3)
    yield "active_units", "trained", float(min(latent, 40))
    yield "participation_share", "trained", 0.95 - 0.004 * latent + rng.normal(0, 0.02)
    yield "ari", "all", 0.3 + rng.normal(0, 0.03)
    for label, height in zip(LABELS, (0.9, 0.8, 0.65), strict=True):
        yield "auc_size", label, height + 0.05 * rise + rng.normal(0, 0.01)
        yield "auc_shape", label, height - 0.05 * rise + rng.normal(0, 0.01)


def a_sweep(axes, seeds=3):
    rng = np.random.default_rng(1)
    capacities, settings_of = {}, {}
    for values in itertools.product(*axes.values()):
        own = {**BASE, **dict(zip(axes, values, strict=True))}
        name = "_".join(map(str, values))
        settings_of[name] = own
        rows = [
            {"seed": seed, "metric": metric, "group": group, "value": value}
            for seed in range(seeds)
            for metric, group, value in numbers_of(own["latent"], own["beta"], rng)
        ]
        nothing = dict.fromkeys(("low", "high", "null_low", "null_high"), math.nan)
        capacities[name] = CAPACITY.check(
            pd.DataFrame(rows).assign(dimension="all", n=9, **nothing)
        )
    return collect_sweep(capacities, settings_of)


def followed(axes):
    sweep = a_sweep(axes)
    said = {
        axis: [f"{value:g}" if not isinstance(value, str) else value for value in values]
        for axis, values in axes.items()
    }
    return said, (
        sweep,
        *follow_sweep(sweep, said, gain=0.95, bootstrap=50, permutations=99, seed=1),
    )


@looks_as_before
def test_sweep_curves_along_numbers():
    said, tables = followed({"latent": (4, 8, 16, 32, 48, 64, 128)})
    return sweep_curves(*tables, axis="latent", values=said["latent"], labels=LABELS)


@looks_as_before
def test_sweep_curves_along_names():
    said, tables = followed({"activation": ("relu", "leaky_relu", "gelu", "silu")})
    return sweep_curves(*tables, axis="activation", values=said["activation"], labels=LABELS)


@looks_as_before
def test_sweep_map_of_two_axes():
    said, (_, points, _) = followed({"latent": (2, 8, 32, 128), "beta": (0.1, 0.5, 4.0)})
    return sweep_map(points, axes=said)


def test_panels_span_the_trainings_whatever_their_intervals():
    said, (sweep, points, trends) = followed({"latent": (4, 64)})
    wide = points.assign(low=points["mean"] - 1e6, high=points["mean"] + 1e6)
    figure = sweep_curves(sweep, wide, trends, axis="latent", values=said["latent"], labels=LABELS)
    assert max(axes.get_ylim()[1] for axes in figure.axes) < 1e5


def test_the_gain_point_is_drawn_where_the_table_has_one():
    said, (sweep, points, trends) = followed({"latent": (4, 8, 16, 32, 64)})
    own = trends.set_index("metric")["gain_point"]
    assert own["explained_share"] > 0
    figure = sweep_curves(
        sweep, points, trends, axis="latent", values=said["latent"], labels=LABELS
    )
    panels = {axes.get_title(loc="left").split("\n")[0]: axes for axes in figure.axes}
    broken = [line for line in panels["explained share"].lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in broken] == [own["explained_share"]]
    assert math.isnan(own["ari"])
    assert not [
        line for line in panels["adjusted Rand index"].lines if line.get_linestyle() == "--"
    ]
