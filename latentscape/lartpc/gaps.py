"""Counting undefined features."""

from collections.abc import Iterable

import pandas as pd

from latentscape.lartpc.tables.features import FEATURE_GAPS


def add_gaps(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Add the counts of undefined features over shards.

    Parameters
    ----------
    parts : iterable of DataFrame
        Tables FEATURE_GAPS of shards that share no track.

    Returns
    -------
    DataFrame
        One table FEATURE_GAPS.
    """
    gaps = FEATURE_GAPS.concatenate(parts)
    return gaps.groupby(["sample", "feature", "reason"], as_index=False).agg({"tracks": "sum"})
