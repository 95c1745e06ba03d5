import pandas as pd

from latentscape.lartpc.gaps import add_gaps
from latentscape.lartpc.tables.features import FEATURE_GAPS


def gaps(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["sample", "feature", "reason", "tracks"])


def test_counts_of_shards_are_added_per_sample_feature_and_reason() -> None:
    first = gaps(("p", "solidity", "short", 2), ("p", "n_pixels", "empty", 1))
    second = gaps(("p", "solidity", "short", 3), ("k", "solidity", "short", 4))
    total = FEATURE_GAPS.check(add_gaps([first, second]))
    assert total["tracks"].tolist() == [4, 1, 5]
    assert total["sample"].tolist() == ["k", "p", "p"]


def test_no_gap_at_all_is_an_empty_table() -> None:
    assert FEATURE_GAPS.check(add_gaps([FEATURE_GAPS.empty()])).empty
