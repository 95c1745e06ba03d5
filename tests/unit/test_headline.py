"""The headline numbers, counted and averaged by hand."""

import math

import pandas as pd
import pytest

from latentscape.lartpc.headline import (
    QUANTITIES,
    count_selection,
    headline,
    measure_model,
    results_table,
)
from latentscape.lartpc.tables.paper import HEADLINE, PUBLISHED

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
        "0.300\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}0.100",
        "0.26 to 0.44",
    ] in rows
    assert rows[0] == ["events", "kaon", "–", "10", "–"]


def test_what_depends_on_no_model_is_still_there_after_a_file(tmp_path):
    table = headline(count_selection(CUT_FLOW), MEASURED, published())
    HEADLINE.write_tsv(table, tmp_path / "headline.tsv")
    back = HEADLINE.read_tsv(tmp_path / "headline.tsv")
    assert results_table(back, models=["reference"]) == results_table(table, models=["reference"])


def test_numbers_of_other_models_are_left_out_of_the_table():
    table = headline(count_selection(CUT_FLOW), MEASURED, published())
    _, rows = results_table(table, models=["another"])
    assert {row[2] for row in rows} == {"–"}


def test_every_published_number_has_a_remark_and_a_quantity_that_a_run_measures():
    table = PUBLISHED.read_tsv(PUBLISHED_FILE)
    assert set(table["quantity"]) <= set(QUANTITIES)
    assert (table["remark"].str.len() > 10).all()


def measured_tables() -> dict[str, pd.DataFrame]:
    def table(columns: str, *rows: tuple) -> pd.DataFrame:
        return pd.DataFrame([(0, *row) for row in rows], columns=["seed", *columns.split()])

    return {
        "anomaly": table("score outlier auc", ("negative_elbo", "kaon", 0.99), ("kl", "kaon", 1.0)),
        "capacity": table(
            "metric group dimension value",
            ("explained_share", "validation", "all", 0.8),
            ("explained_share", "kaon", "all", 0.2),
            ("auc_calorimetry", "kaon", "all", 0.6),
            ("active_units", "trained", "all", 7.0),
            ("participation_share", "trained", "all", 0.5),
            ("auc_topology", "muon", "all", math.nan),
            ("kl", "validation", "z0", 4.0),
        ),
        "mixtures": table(
            "labels choice score value",
            ("kaon+proton", "labels", "ari", 0.2),
            ("kaon+proton", "bic", "ari", 0.3),
            ("kaon+proton", "labels", "purity", 0.9),
        ),
        "probes": table(
            "task probe inputs auc",
            ("kaon vs proton", "mlp", "all", 0.97),
            ("kaon vs proton", "mlp", "z1", 0.98),
            ("kaon vs proton", "logistic", "all", 0.85),
        ),
        "two_sample": table(
            "comparison test dimension statistic",
            ("train vs validation", "logistic", "all", 0.51),
            ("train vs validation", "ks", "z0", 0.1),
            ("two halves", "logistic", "all", 0.5),
        ),
    }


def test_what_is_quoted_is_chosen_by_name_and_not_by_how_large_it_is():
    found = measure_model("reference", **measured_tables())
    values = found.set_index(["quantity", "label"])["value"].to_dict()
    assert values == {
        ("anomaly_auc", "kaon"): 0.99,
        ("explained_share", "validation"): 0.8,
        ("proxy_auc_calorimetry", "kaon"): 0.6,
        ("active_units", "trained"): 7.0,
        ("participation_share", "trained"): 0.5,
        ("gmm_ari", "kaon+proton"): 0.2,
        ("probe_auc", "kaon vs proton"): 0.97,
        ("two_sample_auc", "train vs validation"): 0.51,
    }
    assert set(found["model"]) == {"reference"}
