"""Closure of the detector's response: recombination, drift, noise and gain."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.special import ndtr, ndtri

from latentscape.errors import InputError
from latentscape.lartpc import argon
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.recombination import birks, modified_box
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation import response as simulated
from latentscape.lartpc.simulation.response import PlaneResponse
from latentscape.lartpc.validation.drift import measure_drift
from latentscape.lartpc.validation.gain import (
    check_gain,
    highest_samples,
    measure_pulse_heights,
    mode,
    silverman,
)
from latentscape.lartpc.validation.noise import measure_noise
from latentscape.lartpc.validation.recombination import measure_recombination
from latentscape.lartpc.validation.response import check_response, measure_response
from latentscape.lartpc.validation.tables import REFERENCE_NUMBERS, RESPONSE

RESOURCES = Path(__file__).parents[2] / "resources"
NUMBERS = REFERENCE_NUMBERS.read_tsv(RESOURCES / "references" / "numbers.tsv")
DETECTOR = Detector(**yaml.safe_load((RESOURCES / "detectors" / "lariat.yaml").read_text()))
SIMULATION = Simulation()
WORKING_POINT = {"collection": 480.0, "induction": 250.0}


@pytest.fixture(scope="module")
def response():
    return measure_response(
        numbers=NUMBERS, detector=DETECTOR, simulation=SIMULATION, empty_events=12, seed=42
    )


def noise_rows(*, simulation=SIMULATION, seed=1):
    rows = measure_noise(detector=DETECTOR, simulation=simulation, empty_events=2, seed=seed)
    return pd.DataFrame(rows)


def failed(rows):
    checks = check_response(RESPONSE.check(pd.DataFrame(rows)))
    return {check.check for check in checks if check.verdict == "fail"}


def row_of(response, quantity, plane="both", at=0.0):
    rows = response[(response["quantity"] == quantity) & (response["plane"] == plane)]
    near = np.isclose(rows["at"], at)
    assert near.sum() == 1
    return rows[near].iloc[0]


def tracks_of(heights):
    """Return tracks with one sample of each height on each of their wires, and a lower one."""
    wire = [np.repeat(np.arange(len(one)), 2) for one in heights]
    adc = [np.stack([one // 2, one], axis=1).ravel() for one in heights]
    return pd.DataFrame(
        {
            f"{plane}_{name}": values
            for plane in ("induction", "collection")
            for name, values in (("wire", wire), ("adc", adc))
        }
    )


def scaled(function, factor):
    return lambda *given: factor * function(*given)


def test_the_default_response_passes_every_check(response):
    checks = check_response(response)
    assert {check.verdict for check in checks} == {"pass"}
    assert {check.group for check in checks} == {"recombination", "diffusion", "noise"}
    assert len({check.check for check in checks}) == len(checks) > 50


@pytest.mark.parametrize(
    ("quantity", "plane", "at", "expected"),
    [
        # 134 + 235 mm / 1.5 mm/µs / 0.128 µs
        ("arrival", "induction", 23.5, 1357.958),
        # exp(-156.67 µs / 1 ms)
        ("surviving charge", "collection", 23.5, 0.85499),
        # 2 · 6.6 cm²/s · 156.67 µs / (0.0192 cm)²
        ("longitudinal variance", "collection", 23.5, 5.6098),
        # √(2/π) · √(2 · 13 cm²/s · 156.67 µs) / 0.4 cm = 0.79788 · 0.063824 / 0.4
        ("shared charge", "induction", 23.5, 0.12731),
        # √(4 + 0.64 + 1/12)
        ("noise", "collection", 0.0, 2.17332),
        # √(4 + 0.16 + 1/12)
        ("noise of noisy wires", "induction", 0.0, 2.05994),
        # coherent over total variance: 0.64 of 4.7233
        ("correlation on a board", "collection", 0.0, 0.135498),
        ("highest sample", "induction", 0.0, 4095),
    ],
)
def test_expected_numbers_are_those_worked_out_by_hand(response, quantity, plane, at, expected):
    row = row_of(response, quantity, plane, at)
    assert row["expected"] == pytest.approx(expected, rel=1e-3)
    assert abs(row["value"] - row["expected"]) <= row["tolerance"]


def test_each_drift_quantity_is_checked_at_three_distances_or_more(response):
    checked = response[response["tolerance"].notna()]
    for quantity in ("arrival", "surviving charge", "shared charge", "longitudinal variance"):
        rows = checked[(checked["quantity"] == quantity) & (checked["plane"] == "collection")]
        assert len(rows) >= 3


def test_the_noise_depends_on_the_seed_and_on_nothing_else():
    first = noise_rows()
    pd.testing.assert_frame_equal(first, noise_rows())
    assert not first["value"].equals(noise_rows(seed=2)["value"])


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("IONISATION_ENERGY", 23.6e-6 * 1.005),
        ("DENSITY", 1.3954 * 1.01),
        ("modified_box", partial(modified_box, beta=0.214)),
        ("modified_box", partial(modified_box, alpha=0.935)),
        ("birks", partial(birks, k=0.050)),
    ],
)
def test_a_wrong_constant_of_the_ionisation_fails(monkeypatch, name, broken):
    monkeypatch.setattr(simulated, name, broken)
    assert any("survive" in check for check in failed(measure_recombination(NUMBERS)))


@pytest.mark.parametrize(
    ("function", "keyword", "failing"),
    [(modified_box, "beta", "β of the modified box"), (birks, "k", "k of Birks' law")],
)
def test_a_parameter_unlike_the_published_one_fails(monkeypatch, function, keyword, failing):
    default = function.__kwdefaults__[keyword]
    monkeypatch.setitem(function.__kwdefaults__, keyword, default * (1 + 1e-9))
    assert failing in failed(measure_recombination(NUMBERS))


def test_a_density_a_fifth_of_a_per_cent_off_fails(monkeypatch):
    monkeypatch.setattr(argon, "DENSITY", 1.3954 * 1.002)
    assert failed(measure_recombination(NUMBERS)) == {"density of liquid argon"}


def test_the_error_between_the_models_is_that_of_the_published_parameters(response):
    rows = response[response["quantity"] == "box against Birks"].sort_values("at")
    # 2 MeV/cm: ξ = 0.62523, ln(0.93 + ξ) = 0.44162: α 0.02 / (1.55523 · 0.44162) = 2.91 %,
    # β 0.0094 · (0.62523 / 0.68682 - 1) = 0.08 %, A 0.003 / 0.8 = 0.38 %, k 1.23 % · 0.125 = 0.15 %
    assert rows["uncertainty"].iloc[0] == pytest.approx(0.0294, rel=0.02)
    assert rows["tolerance"].isna().all()


def test_noisy_wires_that_are_not_twice_as_noisy_fail(monkeypatch):
    monkeypatch.setattr(simulated, "NOISY_FACTOR", 1.9)
    assert any("noisy wire" in check for check in failed(noise_rows()))


def with_more_charge(arrivals):
    def arrive(self, charges, chosen):
        *others, height = arrivals(self, charges, chosen)
        return (*others, 1.01 * height)

    return arrive


@pytest.mark.parametrize(
    ("where", "name", "broken", "failing"),
    [
        (Detector, "drift_ticks", scaled(Detector.drift_ticks, 1.001), "arrival"),
        (PlaneResponse, "_arrivals", with_more_charge(PlaneResponse._arrivals), "charge left"),
        (
            PlaneResponse,
            "_diffusion_ticks",
            scaled(PlaneResponse._diffusion_ticks, 1.02),
            "variance added",
        ),
        (simulated, "ndtr", lambda x: ndtr(x / 1.03), "neighbours"),
        (simulated, "SHAPER_ORDER", 3, "width"),
    ],
)
def test_a_drift_unlike_its_settings_fails(monkeypatch, where, name, broken, failing):
    monkeypatch.setattr(where, name, broken)
    rows = measure_drift(detector=DETECTOR, simulation=SIMULATION)
    assert any(failing in check for check in failed(rows))


def test_noise_of_another_width_fails(monkeypatch):
    monkeypatch.setattr(simulated, "ndtri", lambda x: 1.03 * ndtri(x))
    assert any("ordinary wire" in check for check in failed(noise_rows()))


def test_coloured_noise_fails(monkeypatch):
    white = PlaneResponse.digitise

    def smoothed(self, total, rng):
        samples = white(self, total, rng)
        samples[:, 1::2] = samples[:, 0::2]
        return samples

    monkeypatch.setattr(PlaneResponse, "digitise", smoothed)
    assert any("noise power" in check for check in failed(noise_rows()))


def test_noise_that_boards_share_fails(monkeypatch):
    separate = PlaneResponse.digitise

    def shared(self, total, rng):
        samples = separate(self, total, rng)
        return samples + np.rint(rng.normal(0, 1, samples.shape[1])).astype(samples.dtype)

    monkeypatch.setattr(PlaneResponse, "digitise", shared)
    assert any("different boards" in check for check in failed(noise_rows()))


def test_a_plane_of_one_board_without_noisy_wires_has_no_rows_for_them():
    simulation = Simulation(
        wires_per_board=240, noisy_wires={"induction": (), "collection": ()}, pedestal=0
    )
    rows = noise_rows(simulation=simulation)
    assert not {"noise of noisy wires", "correlation across boards"} & set(rows["quantity"])
    assert row_of(rows, "lowest sample", "collection")["value"] == -2048


def test_a_number_that_is_not_quoted_is_refused():
    fewer = NUMBERS[NUMBERS["name"] != "box survival at 5 MeV/cm"]
    with pytest.raises(InputError, match="no number 'box survival at 5 MeV/cm'"):
        list(measure_recombination(fewer))


def test_the_highest_sample_of_each_wire_counts_once():
    found = highest_samples(np.array([7, 5, 7, 7, 9]), np.array([3, 8, 40, 12, 1]))
    assert found.tolist() == [8, 40, 1]


def test_the_mode_is_where_most_values_lie_and_not_their_mean():
    rng = np.random.default_rng(1)
    # A gamma distribution of order 4 and scale 100 peaks at 300; its mean is 400.
    values = rng.gamma(4, 100, 40_000).astype(int)
    found = mode(np.bincount(values), silverman(values))
    assert found == pytest.approx(300, abs=15)


@pytest.mark.parametrize(("scale", "verdict"), [(1.0, "pass"), (1.2, "fail"), (0.8, "fail")])
def test_a_gain_that_is_off_by_a_fifth_fails(scale, verdict):
    rng = np.random.default_rng(2)
    heights = [(scale * rng.normal(480, 40, 60)).astype(int) for _ in range(50)]
    table = measure_pulse_heights(
        tracks_of(heights), working_point=WORKING_POINT, bootstrap=20, seed=3
    )
    collection = {check.check: check for check in check_gain(table)}
    check = collection["most probable pulse height of protons, collection"]
    assert check.verdict == verdict
    assert 0 < check.uncertainty < 15
    assert table["wires"].tolist() == [3000, 3000]


def test_no_track_gives_no_pulse_height_and_no_check():
    table = measure_pulse_heights(tracks_of([]), working_point=WORKING_POINT, bootstrap=20, seed=3)
    assert table.empty
    assert check_gain(table) == []
