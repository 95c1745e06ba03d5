"""The leaderboard ranks what is better, covers the truth, and is flat where labels are shuffled."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

from latentscape.errors import InputError
from latentscape.evaluation.leaderboard import leaderboard
from latentscape.evaluation.tables.anomaly import LEADERBOARD

KEY = ("sample", "event")
SHIFTS = {"strong": 2.0, "weak": 0.5, "floor": 0.0}


def scores_of(seed=0, rows=80, trainings=(0, 1, 2), noise=0.7):
    """Scores that lie SHIFTS apart; a row keeps a part of its score in all trainings."""
    rng = np.random.default_rng(seed)
    label = np.repeat(["known", "new"], rows)
    keys = pd.DataFrame({"sample": label, "event": np.arange(2 * rows)})
    part = np.where(label == "known", "validation", "held_out")
    shared = {name: rng.normal(size=2 * rows) * np.sqrt(1 - noise**2) for name in SHIFTS}
    tables = []
    for training in trainings:
        own = {
            name: shared[name] + noise * rng.normal(size=2 * rows) + shift * (label == "new")
            for name, shift in SHIFTS.items()
        }
        tables.append(keys.assign(seed=training, part=part, **own))
    return pd.concat(tables, ignore_index=True)


def labels_of(scores):
    return scores[list(KEY)].drop_duplicates().assign(label=lambda rows: rows["sample"])


def board(scores, **changes):
    options = {
        "key": KEY,
        "trained_on": {"first": ["known"], "second": ["new"]},
        "shuffle_labels": False,
        "bootstrap": 100,
        "permutations": 100,
        "seed": 3,
        **changes,
    }
    return leaderboard(scores, labels_of(next(iter(scores.values()))), **options)


def test_the_board_is_as_declared_and_the_better_score_stands_above():
    found = board({"first": scores_of()})
    pd.testing.assert_frame_equal(found, LEADERBOARD.check(found))
    assert found["score"].tolist() == ["strong", "weak", "floor"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert set(found["trained_on"]) == {"known"}
    assert set(found["outlier"]) == {"new"}


def test_the_interval_holds_the_closed_form_and_the_floor_one_half():
    found = board({"first": scores_of(rows=200)}, bootstrap=300).set_index("score")
    for name, shift in SHIFTS.items():
        expected = norm.cdf(shift / np.sqrt(2))
        assert found.loc[name, "low"] < expected < found.loc[name, "high"]
    assert found.loc["floor", "null_low"] < 0.5 < found.loc["floor", "null_high"]
    assert found.loc["strong", "auc"] > found.loc["strong", "null_high"]


def test_both_directions_stand_on_one_board():
    scores = scores_of()
    swapped = scores.assign(**{name: -scores[name] for name in SHIFTS})
    found = board({"first": scores, "second": swapped})
    directions = found[["model", "trained_on", "outlier"]].drop_duplicates().to_numpy().tolist()
    assert directions == [["first", "known", "new"], ["second", "new", "known"]]
    first, second = (part.set_index("score") for _, part in found.groupby("model"))
    assert second["auc"].to_dict() == pytest.approx(first["auc"].to_dict())


def test_mean_and_spread_are_those_of_the_trainings():
    scores = scores_of()
    found = board({"first": scores}).set_index("score")
    single = [
        board({"first": scores[scores["seed"] == number]}).set_index("score")["auc"]
        for number in range(3)
    ]
    expected = pd.concat(single, axis=1)
    assert found["auc"].to_dict() == pytest.approx(expected.mean(axis=1).to_dict())
    assert found["spread"].to_dict() == pytest.approx(expected.std(axis=1, ddof=1).to_dict())


def test_trainings_that_differ_widen_the_interval_of_the_same_rows():
    scores = scores_of(noise=0.0)
    apart = scores.assign(strong=scores["strong"].where(scores["seed"] > 0, scores["floor"]))
    alike, differing = (
        board({"first": table}).set_index("score").loc["strong"] for table in (scores, apart)
    )
    assert alike["spread"] == pytest.approx(0, abs=1e-12)
    assert differing["high"] - differing["low"] > 2 * (alike["high"] - alike["low"])
    one = board({"first": scores[scores["seed"] == 0]}).set_index("score").loc["strong"]
    assert np.isnan(one["spread"])
    # Three times the same training says no more than one.
    assert (one["low"], one["high"]) == pytest.approx((alike["low"], alike["high"]))


def test_equal_scores_are_ranked_by_name():
    scores = scores_of().assign(a_copy=lambda rows: rows["strong"])
    assert board({"first": scores})["score"].tolist()[:2] == ["a_copy", "strong"]


def test_working_points_that_the_inliers_do_not_resolve_are_missing():
    found = board({"first": scores_of()})
    assert (found["n_inlier"] == 80).all()
    assert found["tpr_at_fpr_0.1"].notna().all()
    for rate in ("0.01", "0.001", "0.0001"):
        assert found[f"tpr_at_fpr_{rate}"].isna().all()


def test_shuffled_labels_give_a_flat_board():
    tables = [
        board({"first": scores_of(seed=seed)}, shuffle_labels=True, seed=seed) for seed in range(14)
    ]
    together = pd.concat(tables)
    strong = together[together["score"] == "strong"]
    holds_half = (strong["low"] < 0.5) & (strong["high"] > 0.5)
    in_null = strong["auc"].between(strong["null_low"], strong["null_high"])
    # Of 14 intervals of 95 % fewer than this many hold the truth once in a thousand times.
    least = binom.ppf(0.001, len(tables), 0.95)
    assert holds_half.sum() >= least
    assert in_null.sum() >= least
    # No score wins: with true labels `strong` is the first each time.
    wins = together.loc[together["rank"] == 1, "score"].value_counts()
    assert wins.max() <= binom.ppf(0.999, len(tables), 1 / 3)


def test_shuffled_rows_give_the_same_board():
    scores = scores_of()
    again = board({"first": scores.sample(frac=1, random_state=1)})
    pd.testing.assert_frame_equal(again, board({"first": scores}))


def test_a_board_without_unseen_labels_is_empty():
    found = board({"first": scores_of()}, trained_on={"first": ["known", "new"]})
    assert list(found) == [column.name for column in LEADERBOARD.columns]
    assert found.empty


def test_a_model_of_unknown_training_is_named():
    with pytest.raises(InputError, match="what model 'third' was trained on"):
        board({"third": scores_of()})
