"""How the trainings of one model went."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from latentscape.figures.style import DOUBLE, legend_above, method_colours, say_empty, styled

LOSSES = {
    "loss": "loss",
    "reconstruction": "weighted squared error",
    "kl": "KL divergence [nat]",
}
PARTS = {"train": "-", "validation": (0, (2.5, 1))}


@styled
def loss_curves(histories: Mapping[int, pd.DataFrame]) -> Figure:
    """Draw loss, reconstruction and KL divergence per image against the epoch.

    Parameters
    ----------
    histories : mapping of int to DataFrame
        Table ``history`` of each seed.

    Returns
    -------
    Figure
        Solid lines for the training part, broken ones for the validation part, a dot
        at the epoch whose weights were kept.
    """
    figure = Figure(figsize=(DOUBLE, 2.5))
    panels = figure.subplots(1, len(LOSSES))
    names = [f"training {seed}" for seed in sorted(histories)]
    colours = method_colours(names)
    for axes, (loss, text) in zip(panels, LOSSES.items(), strict=True):
        for seed, name in zip(sorted(histories), names, strict=True):
            _curves(axes, histories[seed], loss, colours[name])
        axes.set_xlabel("epoch")
        axes.set_ylabel(text)
        if not any(len(history) for history in histories.values()):
            say_empty(axes)
    lines = [Line2D([], [], color=colours[name], label=name) for name in names]
    lines += [Line2D([], [], color="0.3", ls=ls, label=part) for part, ls in PARTS.items()]
    lines.append(Line2D([], [], color="0.3", marker="o", ls="", label="best epoch"))
    legend_above(figure, lines)
    return figure


def _curves(axes: Axes, history: pd.DataFrame, loss: str, colour: str) -> None:
    if history.empty:
        return
    history = history.sort_values("epoch")
    for part, line in PARTS.items():
        axes.plot(history["epoch"], history[f"{part}_{loss}"], color=colour, ls=line, lw=1)
    best = history[history["is_best"].astype(bool)].tail(1)
    axes.plot(best["epoch"], best[f"validation_{loss}"], "o", color=colour, ms=4, zorder=3)
    values = history[[f"{part}_{loss}" for part in PARTS]].to_numpy()
    if loss != "kl" and (values > 0).all():
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
