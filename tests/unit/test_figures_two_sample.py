"""What the figures of the two-sample tests show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.evaluation.tables.comparisons import TWO_SAMPLE, TWO_SAMPLE_POWER
from latentscape.figures.style import STYLE
from latentscape.figures.two_sample import TESTS, shift_power, two_sample_tests

looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def some_tests(seeds=(0, 1, 2)):
    rng = np.random.default_rng(0)
    rows = []
    for seed in seeds:
        for comparison, excess in {
            "planted shift 7": 0.04,
            "sample with simulation": 0.14,
            "train vs validation": 0.0,
            "two halves": 0.0,
        }.items():
            for test in (*TESTS, "any"):
                is_classifier = test in ("logistic", "mlp")
                area = 0.5 + excess + rng.normal(0, 0.01)
                p = 10 ** (-20 * excess - rng.random())
                row = {"seed": seed, "comparison": comparison, "test": test, "dimension": "all"}
                row |= {"statistic": area, "null_low": 0.46, "null_high": 0.53}
                row |= {"low": area - 0.04, "high": area + 0.04} if is_classifier else {}
                rows.append({**row, "p_value": p, "p_holm": p, "differs": p < 0.01})
    table = pd.DataFrame(rows).assign(n_first=500, n_second=300)
    table["accuracy"] = table["low"]
    return TWO_SAMPLE.check(table)


def some_power(sizes=(600, 5000), seeds=(0, 1, 2)):
    shifts = np.array([0, 3, 5, 7, 10, 15.0])
    rows = [
        pd.DataFrame({"shift": shifts}).assign(
            seed=seed,
            test=test,
            n_per_side=size,
            power=1 - 0.99 * np.exp(-((shifts / width) ** 2) * size / 3000 * (1 + seed / 5)),
            labels_known=1 - 0.99 * np.exp(-((shifts / 3) ** 2) * size / 3000),
        )
        for seed in seeds
        for size in sizes
        for test, width in (("energy", 5), ("logistic", 7))
    ]
    table = pd.concat(rows, ignore_index=True).assign(n_draws=100)
    ends = {"low": (table["power"] - 0.05).clip(0), "high": (table["power"] + 0.05).clip(upper=1)}
    return TWO_SAMPLE_POWER.check(table.assign(**ends))


@looks_as_before
def test_two_sample_tests_look_as_before():
    return two_sample_tests(some_tests(), level=0.01, published=0.503)


@looks_as_before
def test_shift_power_looks_as_before():
    return shift_power(some_power(), level=0.01, moved="a", planted=7.0)


def test_every_training_has_a_p_value_per_test_and_comparison():
    right = two_sample_tests(some_tests(), level=0.01).axes[1]
    marks = [len(line.get_xdata()) for line in right.lines if line.get_marker() in "os^D"]
    assert marks == [3] * len(TESTS) * 4


def test_the_built_in_comparisons_stand_first():
    left = two_sample_tests(some_tests(), level=0.01).axes[0]
    texts = [label.get_text() for label in left.get_yticklabels()]
    assert texts[:2] == ["train vs validation", "two halves"]
    assert left.yaxis.get_inverted()


def test_every_number_of_rows_has_a_panel():
    titles = [
        axes.get_title(loc="left") for axes in shift_power(some_power(), level=0.01, moved="a").axes
    ]
    assert titles == ["600 rows per side", "5,000 rows per side"]


def test_nothing_to_draw_says_so():
    figures = [
        two_sample_tests(TWO_SAMPLE.empty(), level=0.01),
        shift_power(TWO_SAMPLE_POWER.empty(), level=0.01, moved="a"),
    ]
    for figure in figures:
        assert "no entries" in [text.get_text() for text in figure.axes[0].texts]
