"""The numbers that a paper would quote, beside those that were published for real data."""

import math
from collections.abc import Sequence

import pandas as pd

from latentscape.evaluation.comparisons import TRAIN_VALIDATION
from latentscape.evaluation.intervals import over_trainings
from latentscape.lartpc.tables.paper import HEADLINE

KEY = ("quantity", "label", "model")

QUANTITIES = {
    "events": "events",
    "clusters": "clusters, both planes",
    "clusters_after_cuts": "clusters after the cuts",
    "tracks": "matched tracks",
    "explained_share": "explained share of the images",
    "active_units": "active latent dimensions",
    "participation_share": "participation ratio / latent dimensions",
    "probe_auc": "AUC of an MLP on the latents, out of fold",
    "proxy_auc_calorimetry": "proxy AUC, calorimetry",
    "proxy_auc_topology": "proxy AUC, topology",
    "gmm_ari": "ARI of a Gaussian mixture",
    "two_sample_auc": "two-sample AUC",
    "anomaly_auc": "AUC of −ELBO for an unseen sample",
}
"""The quantities in the order of a table, and how they are called there."""

CAPTION = (
    "Main results: counts, or mean ± standard deviation over the trainings, beside those "
    "published for real LArIAT data."
)


def count_selection(cut_flow: pd.DataFrame) -> pd.DataFrame:
    """Return what each step of the selection leaves, over both planes.

    Parameters
    ----------
    cut_flow : DataFrame
        Table ``cut_flow``.

    Returns
    -------
    DataFrame
        ``quantity`` (events, clusters, clusters_after_cuts, tracks), ``label`` (the sample) and
        ``value``.
    """
    planes = cut_flow[cut_flow["plane"] != "both"].sort_values("step", kind="stable")
    each = planes.groupby(["sample", "plane"], sort=True)["survivors"]
    both = cut_flow[cut_flow["plane"] == "both"].set_index("cut")
    found = {
        "events": both.loc[["events"]].set_index("sample")["survivors"],
        "clusters": each.first().groupby("sample").sum(),
        "clusters_after_cuts": each.last().groupby("sample").sum(),
        "tracks": both.loc[["matched"]].set_index("sample")["survivors"],
    }
    tables = [
        values.rename_axis("label").rename("value").reset_index().assign(quantity=name)
        for name, values in found.items()
    ]
    return pd.concat(tables, ignore_index=True)


def measure_model(
    model: str,
    *,
    anomaly: pd.DataFrame,
    capacity: pd.DataFrame,
    mixtures: pd.DataFrame,
    probes: pd.DataFrame,
    two_sample: pd.DataFrame,
) -> pd.DataFrame:
    """Return the headline numbers of each training of one model.

    Parameters
    ----------
    model : str
        Its name.
    anomaly, capacity, mixtures, probes, two_sample : DataFrame
        Its tables of these names. No number is the best of several: which score, probe
        and number of components is quoted does not depend on how they did.

    Returns
    -------
    DataFrame
        ``quantity``, ``label``, ``model``, ``seed``, ``value``; undefined values are left out.
    """
    parts = [
        *(_of_capacity(capacity, *names) for names in _CAPACITY),
        _rows(
            "gmm_ari",
            mixtures[(mixtures["score"] == "ari") & (mixtures["choice"] == "labels")],
            label="labels",
            value="value",
        ),
        _rows(
            "probe_auc",
            probes[(probes["probe"] == "mlp") & (probes["inputs"] == "all")],
            label="task",
            value="auc",
        ),
        _rows(
            "two_sample_auc",
            two_sample[
                (two_sample["comparison"] == TRAIN_VALIDATION) & (two_sample["test"] == "logistic")
            ],
            label="comparison",
            value="statistic",
        ),
        _rows(
            "anomaly_auc",
            anomaly[anomaly["score"] == "negative_elbo"],
            label="outlier",
            value="auc",
        ),
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="value").assign(model=model)


def headline(counts: pd.DataFrame, measured: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Summarise what was measured over the trainings, and put the published numbers beside it.

    Parameters
    ----------
    counts : DataFrame
        From :func:`count_selection`.
    measured : DataFrame
        ``quantity``, ``label``, ``model``, ``seed``, ``value``; each training once.
    published : DataFrame
        Table ``published``.

    Returns
    -------
    DataFrame
        Table ``headline``. A published number without a counterpart here is left out: the run
        has not measured it.
    """
    fixed = counts.assign(model="", spread=math.nan, low=math.nan, high=math.nan, n_seeds=0)
    summary = over_trainings(measured, "value", by=KEY).rename(columns={"mean": "value"})
    rows = pd.concat([fixed, summary], ignore_index=True)
    beside = published.rename(columns={"value": "published", "value_high": "published_high"})
    columns = ["quantity", "label", "published", "published_high", "remark"]
    rows = rows.merge(
        beside[columns], on=["quantity", "label"], how="left", validate="many_to_one", sort=False
    )
    return HEADLINE.check(rows.fillna({"remark": ""}))


def results_table(
    headline: pd.DataFrame, *, models: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """Return the headline as a table to be read.

    Parameters
    ----------
    headline : DataFrame
        Table ``headline``.
    models : sequence of str
        Models in order; rows of other models are left out.

    Returns
    -------
    header, rows : list
        Texts: quantity, sample, model, value ± spread over the trainings, published value.
    """
    order = {name: place for place, name in enumerate(QUANTITIES)}
    places = {name: place for place, name in enumerate(("", *models))}
    shown = headline[headline["quantity"].isin(order) & headline["model"].isin(places)]
    shown = shown.assign(
        _quantity=shown["quantity"].map(order), _model=shown["model"].map(places)
    ).sort_values(["_quantity", "_model", "label"], kind="stable")
    rows = [
        [
            QUANTITIES[row["quantity"]],
            row["label"] or "–",
            row["model"] or "–",
            _value(row["value"], row["spread"], row["n_seeds"]),
            _published(row["published"], row["published_high"]),
        ]
        for row in shown.to_dict("records")
    ]
    return ["", "sample", "model", "this run", "real data, published"], rows


_CAPACITY = (
    ("explained_share", "explained_share"),
    ("active_units", "active_units"),
    ("participation_share", "participation_share"),
    ("auc_calorimetry", "proxy_auc_calorimetry"),
    ("auc_topology", "proxy_auc_topology"),
)


def _of_capacity(capacity: pd.DataFrame, metric: str, quantity: str) -> pd.DataFrame:
    whole = (capacity["metric"] == metric) & (capacity["dimension"] == "all")
    if metric == "explained_share":
        whole &= capacity["group"] == "validation"
    return _rows(quantity, capacity[whole], label="group", value="value")


def _rows(quantity: str, table: pd.DataFrame, *, label: str, value: str) -> pd.DataFrame:
    names = {label: "label", value: "value"}
    return table[["seed", *names]].rename(columns=names).assign(quantity=quantity)


def _value(value: float, spread: float, trainings: int) -> str:
    if not trainings:
        return f"{value:,.0f}"
    if math.isnan(spread):
        return f"{value:.3f}"
    # A number and its error stay on one line.
    return f"{value:.3f} ± {spread:.3f}".replace(" ", "\N{NO-BREAK SPACE}")


def _published(value: float, high: float) -> str:
    if math.isnan(value):
        return "–"
    low = f"{value:,.0f}" if value >= 100 else f"{value:g}"
    return low if math.isnan(high) else f"{low} to {high:g}"
