"""Verdicts of single checks, and the page that lists them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.validation.checks import Check, as_table
from latentscape.lartpc.validation.page import as_page


def a_check(
    measured, *, name="range", expected=10.0, uncertainty=0.1, tolerance=0.5, shift=0.0, cause=""
):
    return Check(
        check=name,
        group="range",
        source="a table",
        expected=expected,
        measured=measured,
        uncertainty=uncertainty,
        tolerance=tolerance,
        unit="cm",
        shift=shift,
        cause=cause,
    )


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [(10.0, "pass"), (10.5, "pass"), (9.5, "pass"), (10.51, "fail"), (9.49, "fail")],
)
def test_a_check_passes_within_its_tolerance_alone(measured, verdict):
    assert a_check(measured).verdict == verdict


@pytest.mark.parametrize("measured", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_fails_even_with_a_cause(measured):
    assert a_check(measured, shift=1.0, cause="known").verdict == "fail"


@pytest.mark.parametrize(
    ("measured", "verdict"), [(12.0, "explained"), (12.6, "fail"), (8.0, "fail"), (10.0, "pass")]
)
def test_a_cause_explains_the_deviation_that_it_predicts_and_no_other(measured, verdict):
    assert a_check(measured, shift=2.0, cause="a known cause").verdict == verdict


def test_a_shift_without_a_cause_explains_nothing():
    assert a_check(12.0, shift=2.0).verdict == "fail"


@pytest.mark.parametrize(
    ("uncertainty", "verdicts"),
    [
        (0.0, ("pass", "explained")),
        (0.5, ("pass", "explained")),
        (0.51, ("fail", "fail")),
        (math.inf, ("fail", "fail")),
        (math.nan, ("fail", "fail")),
    ],
)
def test_a_measurement_less_precise_than_the_tolerance_fails_wherever_it_lies(
    uncertainty, verdicts
):
    as_expected, as_predicted = (
        a_check(at, uncertainty=uncertainty, shift=2.0, cause="known") for at in (10.0, 12.0)
    )
    assert (as_expected.verdict, as_predicted.verdict) == verdicts


@given(st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.floats(0, 1e3))
def test_more_tolerance_never_turns_a_pass_into_a_fail(measured, expected, tolerance):
    strict = a_check(measured, expected=expected, tolerance=tolerance).verdict
    loose = a_check(measured, expected=expected, tolerance=2 * tolerance + 1).verdict
    assert (strict, loose) != ("pass", "fail")


def test_two_checks_of_one_name_are_refused():
    with pytest.raises(InputError, match="validation"):
        as_table([a_check(10.0), a_check(10.1)])


def test_page_lists_failures_first_and_escapes_what_it_quotes():
    checks = [
        a_check(10.0, name="fine"),
        a_check(12.0, name="off <by> 2", shift=2.0, cause="A & B"),
        a_check(99.0, name="wrong"),
    ]
    page = as_page(as_table(checks))
    assert page.index("wrong") < page.index("off &lt;by&gt; 2") < page.index("fine")
    assert "predicted 12: A &amp; B" in page
    assert "3 checks: " in page
    assert "1 fail" in page


def test_page_of_no_checks_is_a_page():
    assert "0 checks" in as_page(as_table([]))
