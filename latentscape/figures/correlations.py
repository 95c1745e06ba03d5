"""How the latent dimensions go with the features."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape.figures.style import DOUBLE, RESIDUAL_MAP, SINGLE, Label, say_empty, styled

WORTH_SAYING = 0.3
"""Absolute correlation from which the number stands in its cell."""
ROOM = 5.0
"""Width that the cells of all columns share [inch]."""
NARROWEST_NUMBER = 0.27
"""Width that a number with its sign needs [inch]."""


@styled
def correlation_map(
    correlations: pd.DataFrame,
    *,
    features: Mapping[str, tuple[str, str]],
    group: str = "all",
    seed: int | None = None,
) -> Figure:
    """Draw Spearman's correlation of each latent dimension (or feature) with each feature.

    Parameters
    ----------
    correlations : DataFrame
        Table ``correlations``.
    features : mapping of str to (str, str)
        Text and unit of each feature, in order from the top.
    group : str
        Label whose rows were used, or "all".
    seed : int, optional
        Training that is shown. By default the mean over the trainings, which means
        something only where the rows are the same in all of them (features).

    Returns
    -------
    Figure
        Features along y; along x the latent dimensions and, beside them, the features, as
        far as the table has them. Numbers stand where they exceed ``WORTH_SAYING`` and the
        cells are wide enough; cells without value are grey.
    """
    chosen = correlations[correlations["group"] == group]
    if seed is not None:
        chosen = chosen[chosen["seed"] == seed]
    table = chosen.pivot_table(index="column", columns="row", values="spearman", dropna=False)
    table = table.reindex([name for name in features if name in table.index])
    table = table[sorted(table.columns, key=lambda row: _place(str(row), list(features)))]
    is_feature = table.columns.isin(list(features))
    parts = [part for part in (table.loc[:, ~is_feature], table.loc[:, is_feature]) if part.size]
    cells = [float(np.clip(ROOM / len(parts) / part.shape[1], 0.08, 0.4)) for part in parts]
    widths = [cell * part.shape[1] for cell, part in zip(cells, parts, strict=True)]
    height = 0.75 + 0.19 * max(len(table), 4)
    figure = Figure(figsize=(max(SINGLE, DOUBLE - ROOM + sum(widths)), height))
    if not parts:
        say_empty(figure.subplots())
        return figure
    panels = figure.subplots(1, len(parts), squeeze=False, width_ratios=widths)[0]
    for axes, part, cell in zip(panels, parts, cells, strict=True):
        drawn = axes.imshow(
            part.to_numpy(), cmap=RESIDUAL_MAP, vmin=-1, vmax=1, aspect="auto", origin="upper"
        )
        _name_cells(axes, part, features)
        if cell >= NARROWEST_NUMBER:
            _write_numbers(axes, part.to_numpy())
    for axes in panels[1:]:
        axes.set_yticklabels([])
    figure.colorbar(drawn, ax=panels, label="Spearman's ρ", aspect=30, pad=0.02)
    return figure


@styled
def correlations_by_label(
    correlations: pd.DataFrame,
    *,
    features: Mapping[str, tuple[str, str]],
    labels: Mapping[str, Label],
    seed: int = 0,
) -> Figure:
    """Draw Spearman's correlation of latents and features over all rows and within each label.

    Parameters
    ----------
    correlations : DataFrame
        Table ``correlations``.
    features : mapping of str to (str, str)
        Text and unit of each feature, in order from the top.
    labels : mapping of str to Label
        All labels of the project, in order.
    seed : int
        Training that is shown.

    Returns
    -------
    Figure
        One panel per label, features along y, latent dimensions along x. Cells are white where
        the correlation lies within what shuffled rows give.
    """
    latent = correlations["row"].str.fullmatch(r"z\d+")
    chosen = correlations[latent & (correlations["seed"] == seed)]
    shown = {"all": "all", **{name: mark.text for name, mark in labels.items()}}
    groups = {name: text for name, text in shown.items() if name in set(chosen["group"])}
    figure = Figure(figsize=(DOUBLE, 0.95 + 0.17 * max(len(features), 4)))
    panels = figure.subplots(1, max(len(groups), 1), sharey=True, squeeze=False)[0]
    if not groups:
        say_empty(panels[0])
        return figure
    for axes, (group, text) in zip(panels, groups.items(), strict=True):
        own = chosen[chosen["group"] == group]
        within = own["spearman"].between(own["null_low"], own["null_high"])
        table = own.assign(cell=own["spearman"].mask(within, 0.0)).pivot_table(
            index="column", columns="row", values="cell", dropna=False
        )
        table = table.reindex([name for name in features if name in table.index])
        table = table[sorted(table.columns, key=lambda row: _place(str(row), []))]
        drawn = axes.imshow(
            table.to_numpy(), cmap=RESIDUAL_MAP, vmin=-1, vmax=1, aspect="auto", origin="upper"
        )
        _name_cells(axes, table, features)
        axes.set_xticks([0, table.shape[1] - 1], ["$z_0$", f"$z_{{{table.shape[1] - 1}}}$"])
        axes.set_title(text.replace(" ", "\n"))
    figure.colorbar(drawn, ax=panels, label="Spearman's ρ", aspect=30, pad=0.02)
    return figure


def _place(row: str, features: list[str]) -> tuple[int, int, str]:
    dimension = re.fullmatch(r"z(\d+)", row)
    if dimension:
        return 0, int(dimension[1]), row
    return 1, features.index(row) if row in features else len(features), row


def _name_cells(axes: Axes, table: pd.DataFrame, features: Mapping[str, tuple[str, str]]) -> None:
    columns = [
        re.sub(r"^z(\d+)$", r"$z_{\1}$", str(row)) if row not in features else features[row][0]
        for row in table.columns
    ]
    every = max(1, round(table.shape[1] / 32))
    axes.set_xticks(np.arange(table.shape[1])[::every], columns[::every])
    if any(row in features for row in table.columns):
        axes.tick_params(axis="x", rotation=90)
    axes.set_yticks(np.arange(len(table)), [features[name][0] for name in table.index])
    axes.tick_params(length=0)


def _write_numbers(axes: Axes, values: np.ndarray) -> None:
    for (i, j), value in np.ndenumerate(values):
        if abs(value) > WORTH_SAYING:
            text = f"{value:.2f}".replace("-", "−").replace("0.", ".", 1)
            colour = "white" if abs(value) > 0.6 else "black"
            axes.text(j, i, text, ha="center", va="center", fontsize=7, color=colour)
