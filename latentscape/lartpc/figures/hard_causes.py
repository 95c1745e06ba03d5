"""What is true of the tracks that are hard for the probes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from latentscape.figures.forest import Series, draw_forest, forest_legend
from latentscape.figures.style import DOUBLE, Label, legend_above, method_colours, say_empty, styled
from latentscape.task_names import VERSUS

TRAIT_LABELS = {
    "stopped": "stops",
    "decayed_at_rest": "decays at rest",
    "decayed_in_flight": "decays in flight",
    "left": "leaves the volume",
    "low_energy": "low energy",
    "high_energy": "high energy",
    "halo": "halo muon in event",
    "pile_up": "pile-up in event",
    "daughters": "daughters in clusters",
    "foreign_charge": "foreign charge in clusters",
}
TEXTS = {
    "wrong": ("called wrong", "o"),
    "unsure": ("nobody is sure", "s"),
    "other": ("not called wrong", "D"),
}
COLOURS = method_colours(TEXTS)
SERIES = {name: Series(text, COLOURS[name], mark) for name, (text, mark) in TEXTS.items()}


@styled
def hard_track_traits(
    causes: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    task: str,
    labels: Mapping[str, Label],
) -> Figure:
    """Draw how frequent each trait is among hard tracks and among the others.

    Parameters
    ----------
    causes : DataFrame
        Table ``hard_causes``.
    shares : DataFrame
        Table ``hard_shares``, for the number of hard tracks.
    task : str
        The task, 'positive vs negative'.
    labels : mapping of str to Label
        All samples in order.

    Returns
    -------
    Figure
        One panel per sample; shares with 95 % Wilson intervals. An asterisk stands where Fisher's
        test, corrected over the traits, finds hard and other tracks different at 5 %.
    """
    own, counts = (table[table["task"] == task] for table in (causes, shares))
    names = [name for name in task.split(VERSUS) if (own["label"] == name).any()]
    panels_needed = max(len(names), 1)
    figure = Figure(figsize=(DOUBLE, 3.3))
    panels = figure.subplots(1, panels_needed, squeeze=False)[0]
    if not names:
        say_empty(panels[0])
    for axes, name in zip(panels, names, strict=False):
        rows = own[own["label"] == name]
        traits = {t: text for t, text in TRAIT_LABELS.items() if (rows["trait"] == t).any()}
        starred = set(rows.loc[rows["p_holm"] < 0.05, "trait"])
        places = {t: text + ("*" if t in starred else "") for t, text in traits.items()}
        marks = _marks(rows.assign(place=rows["trait"].map(places)))
        draw_forest(axes, marks, places=list(places.values()), series=SERIES)
        axes.set_title(_title(labels[name].text, counts[counts["label"] == name]))
        axes.set_xlabel("share of tracks")
        axes.set_xlim(-0.02, 1.02)
    legend_above(figure, forest_legend(SERIES))
    return figure


def _marks(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the shares among both kinds of hard tracks, and among those not called wrong."""
    hard = rows.assign(
        series=rows["kind"], value=rows["hard_share"], low=rows["hard_low"], high=rows["hard_high"]
    )
    wrong = rows[rows["kind"] == "wrong"]
    other = wrong.assign(
        series="other",
        value=wrong["other_share"],
        low=wrong["other_low"],
        high=wrong["other_high"],
    )
    return pd.concat([hard, other], ignore_index=True)


def _title(text: str, counts: pd.DataFrame) -> str:
    rows = counts.set_index("kind")["rows"]
    return f"{text}: {rows['wrong']:,} wrong, {rows['unsure']:,} unsure of {counts['n'].max():,}"
