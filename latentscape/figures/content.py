"""What the latents hold: how well features can be read, and where they lie."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from latentscape.figures.style import (
    DOUBLE,
    SIGNAL_MAP,
    SINGLE,
    Label,
    in_order,
    legend_above,
    method_colours,
    say_empty,
    styled,
)

READERS = {"ridge": ("ridge", "o"), "mlp": ("MLP", "s")}
COLOURS = method_colours(READERS)
NULL = "#D0D0D0"
PARTS = {
    "labels": ("between labels", "#332288"),
    "features": ("within labels, features", "#44AA99"),
    "rest": ("within labels, rest", "#E4E4E4"),
}
MOST_DIMENSIONS = 32
"""Latent dimensions that are shown at most, so that their cells stay visible."""
Features = Mapping[str, tuple[str, str]]


@styled
def content(table: pd.DataFrame, *, features: Features) -> Figure:
    """Draw how well each feature is read from all latents, and what the MLP gains.

    Parameters
    ----------
    table : DataFrame
        Table ``content``.
    features : mapping of str to (str, str)
        Text and unit of each feature.

    Returns
    -------
    Figure
        Left R² of both readers, right its gain; one mark with its interval per training. The
        features are sorted by the R² of the MLP, the grey line is where the R² of shuffled
        features lie, of either reader.
    """
    shown = table[table["feature"].isin(list(features))]
    mlp = shown[shown["reader"] == "mlp"]
    order = mlp.groupby("feature")["r2"].mean().sort_values(kind="stable").index
    figure = Figure(figsize=(DOUBLE, 0.9 + 0.19 * max(len(order), 3)))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.6, 1))
    if shown.empty:
        say_empty(left)
        say_empty(right)
        return figure
    places = {str(feature): i for i, feature in enumerate(order)}
    left.axvspan(shown["null_low"].min(), shown["null_high"].max(), color=NULL, lw=0)
    for reader in READERS:
        _marks(left, shown[shown["reader"] == reader], places, ("r2", "low", "high"), reader)
    _marks(right, mlp, places, ("gain", "gain_low", "gain_high"), "mlp")
    right.axvline(0, color="0.5", lw=0.7, ls=":")
    _name_rows(left, [features[name][0] for name in places])
    left.set_xlabel("R², out of fold")
    left.set_xlim(right=1)
    right.set_xlabel("R² of the MLP − R² of ridge")
    marks: list[Artist] = [
        Line2D([], [], color=COLOURS[reader], marker=mark, ls="", ms=4, label=text)
        for reader, (text, mark) in READERS.items()
    ]
    legend_above(figure, [*marks, Patch(color=NULL, label="features shuffled (95 %)")])
    return figure


@styled
def importance(
    importances: pd.DataFrame,
    information: pd.DataFrame,
    *,
    features: Features,
    reader: str = "mlp",
    seed: int = 0,
) -> Figure:
    """Draw which latent dimension holds which feature, by two measures.

    Parameters
    ----------
    importances : DataFrame
        Table ``importance``.
    information : DataFrame
        Table ``mutual_information``.
    features : mapping of str to (str, str)
        Text and unit of each feature, in order from the top.
    reader : str
        Reader whose importances are drawn.
    seed : int
        Training that is shown.

    Returns
    -------
    Figure
        Left the mutual information, right the loss of R²; white where the value does not
        exceed what shuffled rows reach.
    """
    panels = (
        (information, "information", "mutual information [nat]"),
        (importances[importances["reader"] == reader], "importance", "lost R²"),
    )
    figure = Figure(figsize=(DOUBLE, 0.95 + 0.19 * max(len(features), 4)))
    for axes, (table, value, text) in zip(figure.subplots(1, 2, sharey=True), panels, strict=True):
        chosen = table[(table["seed"] == seed) & table["feature"].isin(list(features))]
        if chosen.empty:
            say_empty(axes)
            continue
        found = chosen[value].where(~(chosen[value] <= chosen["null_high"]), 0.0)
        cells = chosen.assign(cell=found).pivot_table(
            index="feature", columns="dimension", values="cell", dropna=False
        )
        cells = cells.reindex([name for name in features if name in cells.index])
        cells = cells[sorted(cells.columns, key=_number)[:MOST_DIMENSIONS]]
        highest = float(np.nanmax(cells.to_numpy(), initial=1e-9))
        drawn = axes.imshow(
            cells.to_numpy(),
            cmap=SIGNAL_MAP,
            norm=Normalize(0, highest),
            aspect="auto",
            origin="upper",
        )
        every = max(1, round(cells.shape[1] / 16))
        texts = [f"$z_{{{_number(str(name))}}}$" for name in cells.columns]
        axes.set_xticks(np.arange(len(texts))[::every], texts[::every])
        axes.set_yticks(np.arange(len(cells)), [features[name][0] for name in cells.index])
        axes.tick_params(length=0)
        figure.colorbar(drawn, ax=axes, location="top", label=text, aspect=30, pad=0.02)
    return figure


@styled
def variance(table: pd.DataFrame, *, scale: str = "rank") -> Figure:
    """Draw what the variance of each latent dimension consists of.

    Parameters
    ----------
    table : DataFrame
        Table ``variance``.
    scale : str
        raw or rank.

    Returns
    -------
    Figure
        One bar per training and dimension: between labels, within labels and explained by
        the features together, and the rest. Lines are the intervals of the first two.
    """
    chosen = table[(table["scale"] == scale) & table["source"].isin(["labels", "features"])]
    trainings = sorted(chosen["seed"].unique())
    dimensions = sorted(chosen["dimension"].unique(), key=_number)[:MOST_DIMENSIONS]
    figure = Figure(figsize=(DOUBLE if len(dimensions) > 6 else SINGLE, 2.4))
    axes = figure.subplots()
    axes.set_xlabel("latent dimension, one bar per training")
    axes.set_ylabel("share of the variance")
    axes.set_ylim(0, 1)
    if chosen.empty:
        say_empty(axes)
        return figure
    width = 0.8 / len(trainings)
    for i, training in enumerate(trainings):
        own = chosen[chosen["seed"] == training].set_index(["source", "dimension"])
        at = np.arange(len(dimensions)) - 0.4 + (i + 0.5) * width
        between = own.loc["labels"].reindex(dimensions)
        within = own.loc["features"].reindex(dimensions)
        left = 1 - between["share"]
        parts = {"labels": between["share"], "features": left * within["share"].clip(lower=0)}
        parts["rest"] = 1 - parts["labels"] - parts["features"]
        bottom = np.zeros(len(dimensions))
        for part, height in parts.items():
            axes.bar(at, height, 0.9 * width, bottom=bottom, color=PARTS[part][1], lw=0)
            bottom = bottom + height.to_numpy()
        axes.vlines(at, between["low"], between["high"], color="black", lw=0.8)
        ends = [between["share"] + left * within[end].clip(lower=0) for end in ("low", "high")]
        axes.vlines(at, *ends, color="black", lw=0.8)
    axes.set_xticks(range(len(dimensions)), [f"$z_{{{_number(name)}}}$" for name in dimensions])
    axes.tick_params(axis="x", length=0)
    legend_above(figure, [Patch(color=colour, label=text) for text, colour in PARTS.values()])
    return figure


@styled
def within(
    table: pd.DataFrame,
    proxy: pd.DataFrame,
    *,
    features: Features,
    families: Mapping[str, Sequence[str]],
    labels: Mapping[str, Label],
) -> Figure:
    """Draw how well the rows of one label are told apart by each feature.

    Parameters
    ----------
    table : DataFrame
        Table ``within``.
    proxy : DataFrame
        Table ``proxy``.
    features : mapping of str to (str, str)
        Text and unit of each feature.
    families : mapping of str to sequence of str
        Features of each family, in order from the top.
    labels : mapping of str to Label
        All labels of the project, in order.

    Returns
    -------
    Figure
        Per feature the mean AUC over the trainings of each label, with a line from the
        lowest end of their intervals to the highest; in the first row of each family its mean
        with Student's interval.
    """
    shown = in_order(labels, table["label"].unique())
    rows = [(family, name) for family, names in families.items() for name in (None, *names)]
    figure = Figure(figsize=(DOUBLE, 0.9 + 0.2 * max(len(rows), 3)))
    axes = figure.subplots()
    axes.axvline(0.5, color="0.5", lw=0.7, ls=":")
    offsets = np.linspace(-0.3, 0.3, len(shown) + 2)[1:-1]
    for offset, (label, mark) in zip(offsets, shown.items(), strict=True):
        own = table[(table["label"] == label) & table["auc"].notna()].groupby("feature")
        means = own.agg({"auc": "mean", "low": "min", "high": "max"})
        family_means = proxy[proxy["label"] == label].set_index("family")
        for place, (family, name) in enumerate(rows):
            at = place + offset
            if name is None and family in family_means.index:
                row = family_means.loc[family]
                axes.plot([row["low"], row["high"]], [at, at], color=mark.colour, lw=1.2)
                axes.plot(row["mean"], at, "D", color=mark.colour, ms=4)
            elif name in means.index:
                row = means.loc[name]
                axes.plot([row["low"], row["high"]], [at, at], color=mark.colour, lw=0.7)
                axes.plot(row["auc"], at, "o", color=mark.colour, ms=2.5)
    for place, (_, name) in enumerate(rows):
        if name is None:
            axes.axhspan(place - 0.5, place + 0.5, color="#F2F2F2", lw=0, zorder=0)
    _name_rows(
        axes, [family.upper() if name is None else features[name][0] for family, name in rows]
    )
    axes.invert_yaxis()
    axes.set_xlim(right=1.005)
    axes.set_xlabel("AUC of lying above the label's median, out of fold")
    legend_above(
        figure,
        [
            Line2D([], [], color=mark.colour, marker="o", ls="", ms=4, label=mark.text)
            for mark in shown.values()
        ],
    )
    return figure


def _marks(
    axes: Axes,
    table: pd.DataFrame,
    places: Mapping[str, int],
    columns: tuple[str, str, str],
    reader: str,
) -> None:
    """Draw value and interval of each training, a little above each other."""
    value, low, high = columns
    seeds = sorted(table["seed"].unique())
    offsets = np.linspace(-0.25, 0.25, len(seeds) + 2)[1:-1]
    for seed, offset in zip(seeds, offsets, strict=True):
        own = table[table["seed"] == seed]
        at = own["feature"].map(places) + offset
        axes.hlines(at, own[low], own[high], color=COLOURS[reader], lw=0.8)
        axes.plot(own[value], at, READERS[reader][1], color=COLOURS[reader], ms=2.5)


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.tick_params(axis="y", length=0)


def _number(dimension: str) -> int:
    return int(re.sub(r"\D", "", dimension))
