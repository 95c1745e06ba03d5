"""Which rows train a model, which validate it, and which it never sees."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import check_unique
from latentscape.seeds import seed_for


def split(
    rows: pd.DataFrame, *, validation: float, fraction: float, balanced: bool, seed: int
) -> pd.DataFrame:
    """Split rows into a training part, a validation part and the rest, label by label.

    Within a label the rows are ranked by a hash of seed and key. The first are the validation
    part, those that follow the training part. So nothing depends on the order of the rows, a
    smaller ``fraction`` trains on a part of what a larger one trains on, and all fractions
    share their validation part.

    Parameters
    ----------
    rows : DataFrame
        Key columns and ``label``.
    validation : float
        Share of each label's pool that validates; at least one row.
    fraction : float
        Share of what is left that trains; at least one row.
    balanced : bool
        Whether each label's pool has only as many rows as the rarest label.
    seed : int
        Another seed gives another split.

    Returns
    -------
    DataFrame
        Key columns and ``part`` (train, validation, held_out), in the order of ``rows``.

    Raises
    ------
    InputError
        For no rows, a repeated key, or a label with fewer than two rows.
    """
    rows = rows.reset_index(drop=True)
    key = [str(column) for column in rows.columns if column != "label"]
    check_unique(rows, key, what="rows to split")
    if rows.empty:
        raise InputError("there are no rows to split.")
    ranks = [seed_for(seed, *row) for row in rows[key].itertuples(index=False)]
    ranked = rows.assign(_rank=ranks).sort_values(["label", "_rank", *key])
    labels = ranked.groupby("label", observed=True)
    place = labels.cumcount()
    pool = labels["_rank"].transform("size")
    if pool.min() < 2:
        rarest = ranked["label"].iloc[int(pool.argmin())]
        raise InputError(f"label {rarest!r} has 1 row; a split needs at least 2 rows per label.")
    if balanced:
        pool = pool.clip(upper=pool.min())
    validating = (validation * pool).round().clip(lower=1, upper=pool - 1)
    training = (fraction * (pool - validating)).round().clip(lower=1)
    parts = np.select(
        [place < validating, place < validating + training], ["validation", "train"], "held_out"
    )
    return rows[key].assign(part=pd.Series(parts, index=ranked.index, dtype="str"))


def split_samples(
    keys: pd.DataFrame,
    *,
    trained_on: Sequence[str],
    labels: Mapping[str, str],
    validation: float,
    fraction: float,
    balanced: bool,
    seed: int,
) -> pd.DataFrame:
    """Split the rows of the samples that train a model, and hold all others out.

    Parameters
    ----------
    keys : DataFrame
        Key columns, among them ``sample``.
    trained_on : sequence of str
        Samples that train the model.
    labels : mapping of str to str
        Label of each sample; samples may share one.
    validation, fraction, balanced, seed
        As in :func:`split`.

    Returns
    -------
    DataFrame
        Key columns and ``part``, in the order of ``keys``.

    Raises
    ------
    InputError
        If a sample that should train the model has no rows, and as :func:`split`.
    """
    present = set(keys["sample"].astype(str))
    absent = [sample for sample in trained_on if sample not in present]
    if absent:
        raise InputError(
            f"sample {absent[0]!r} should train the model but has no rows; "
            f"samples with rows: {', '.join(sorted(present)) or 'none'}."
        )
    in_pool = keys["sample"].isin(trained_on).to_numpy()
    pool = keys[in_pool]
    part = np.full(len(keys), "held_out", dtype=object)
    part[in_pool] = split(
        pool.assign(label=pool["sample"].map(labels)),
        validation=validation,
        fraction=fraction,
        balanced=balanced,
        seed=seed,
    )["part"]
    return keys.assign(part=pd.Series(part, index=keys.index, dtype="str"))
