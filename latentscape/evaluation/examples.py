"""Rows that stand for many, to be shown in figures."""

from collections.abc import Sequence

import pandas as pd

from latentscape.keys import sort_by_key


def typical_rows(
    latents: pd.DataFrame, key: Sequence[str], *, quantiles: Sequence[float]
) -> pd.DataFrame:
    """Return, per sample, the rows at some quantiles of the reconstruction error.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training.
    key : sequence of str
        The key columns, ``sample`` among them.
    quantiles : sequence of float
        Between 0 (best reconstructed) and 1 (worst).

    Returns
    -------
    DataFrame
        Key columns; for every sample one row per quantile, in their order. Rows that
        trained the model are not taken.
    """
    unseen = sort_by_key(latents[latents["part"] != "train"], key)
    chosen = []
    for _, rows in unseen.groupby("sample", sort=True):
        ranked = rows.sort_values("reconstruction_error", kind="stable")
        places = [round(quantile * (len(ranked) - 1)) for quantile in quantiles]
        chosen.append(ranked.iloc[places][list(key)])
    return pd.concat(chosen, ignore_index=True).drop_duplicates(ignore_index=True)
