"""The headline numbers, counted and averaged by hand."""

import math

import pandas as pd
import pytest

from latentscape.lartpc.headline import (
    QUANTITIES,
    count_selection,
    headline,
    results_table,
)
from latentscape.lartpc.tables.paper import PUBLISHED

from .test_environments import ROOT

PUBLISHED_FILE = ROOT / "resources" / "references" / "published.tsv"
CUT_FLOW = pd.DataFrame(
    [
        ("kaon", "both", 0, "events", 10),
        ("kaon", "both", 6, "matched", 4),
        ("kaon", "collection", 0, "all", 30),
        ("kaon", "collection", 1, "height", 9),
        ("kaon", "collection", 2, "entry_tick", 5),
        ("kaon", "induction", 0, "all", 50),
        ("kaon", "induction", 1, "height", 7),
        ("kaon", "induction", 2, "entry_tick", 6),
    ],
    columns=["sample", "plane", "step", "cut", "survivors"],
)
MEASURED = pd.DataFrame(
    {
        "quantity": "gmm_ari",
        "label": "proton, kaon",
        "model": "reference",
        "seed": [0, 1, 2],
        "value": [0.2, 0.3, 0.4],
    }
)


def published(**changes) -> pd.DataFrame:
    row = {
        "quantity": "gmm_ari",
        "label": "proton, kaon",
        "value": 0.26,
        "value_high": 0.44,
        "remark": "why",
        "source": "who",
    }
    return PUBLISHED.check(pd.DataFrame([{**row, **changes}]))


def test_clusters_of_both_planes_are_added_before_and_after_the_cuts():
    counts = count_selection(CUT_FLOW).set_index("quantity")["value"]
    assert counts.to_dict() == {
        "events": 10,
        "clusters": 80,
        "clusters_after_cuts": 11,
        "tracks": 4,
    }


def test_the_order_of_the_steps_in_the_file_does_not_matter():
    shuffled = CUT_FLOW.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(count_selection(CUT_FLOW), count_selection(shuffled))


def test_a_number_stands_with_its_spread_beside_the_published_one():
    table = headline(count_selection(CUT_FLOW), MEASURED, published())
    row = table[table["quantity"] == "gmm_ari"].iloc[0]
    assert row["value"] == pytest.approx(0.3)
    assert row["spread"] == pytest.approx(0.1)
    # t(0.975, 2) = 4.3027 (any table of Student's distribution).
    assert row["high"] - row["value"] == pytest.approx(4.3027 * 0.1 / math.sqrt(3), rel=1e-4)
    assert (row["published"], row["published_high"], row["remark"]) == (0.26, 0.44, "why")
    assert table.loc[table["quantity"] == "events", "n_seeds"].item() == 0


def test_what_was_published_of_another_sample_is_not_put_beside_it():
    table = headline(count_selection(CUT_FLOW), MEASURED, published(label="muon"))
    assert table["published"].isna().all()


def test_the_table_to_be_read_holds_value_spread_and_publication():
    table = headline(count_selection(CUT_FLOW), MEASURED, published())
    header, rows = results_table(table, models=["reference"])
    assert len(header) == 5
    assert [
        "ARI of a Gaussian mixture",
        "proton, kaon",
        "reference",
        "0.300 ± 0.100",
        "0.26 to 0.44",
    ] in rows
    assert rows[0] == ["events", "kaon", "–", "10", "–"]


def test_numbers_of_other_models_are_left_out_of_the_table():
    table = headline(count_selection(CUT_FLOW), MEASURED, published())
    _, rows = results_table(table, models=["another"])
    assert {row[2] for row in rows} == {"–"}


def test_every_published_number_has_a_remark_and_a_quantity_that_a_run_measures():
    table = PUBLISHED.read_tsv(PUBLISHED_FILE)
    assert set(table["quantity"]) <= set(QUANTITIES)
    assert (table["remark"].str.len() > 10).all()
