"""Own calorimetry against truth and the external table, on tables made by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from latentscape.lartpc.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.energy_loss import energy_at_range, mean_dedx
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.settings import Simulation
from latentscape.lartpc.tables import CALORIMETRY
from latentscape.lartpc.validation.calorimetry import check_calorimetry, compare_calorimetry
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.own_dedx import CHECKED_RANGE
from latentscape.lartpc.validation.pulse_areas import found_share
from latentscape.lartpc.validation.resampling import (
    draw_weights,
    half_width,
    weighted_median,
    weighted_quantiles,
)
from latentscape.lartpc.validation.tables import CALORIMETRY_COMPARISON

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))
EVENTS = 30


def events(n=EVENTS):
    return {"sample": "p", "run": 1, "subrun": 0, "event": np.arange(n)}


def a_curve(residual_range, factor=1.0):
    energy = energy_at_range(residual_range, species="proton")
    return factor * mean_dedx(energy, species="proton")


def tables(*, dedx=1.0, length=1.0, end=(0.0, 0.0, 0.0), n=EVENTS, ends="stopped"):
    """Return own calorimetry, tracks, truth and external calorimetry.

    Own is true up to the factors ``dedx`` and ``length`` and the shift of the ``end``.
    """
    rng = np.random.default_rng(3)
    true = rng.uniform(16, 30, n)
    ranges = [np.arange(0.3, path, 0.46) for path in true]
    external = CALORIMETRY.check(
        pd.DataFrame(
            {
                **events(n),
                "residual_range": ranges,
                "dedx": [a_curve(r) for r in ranges],
            }
        )
    )
    truth = pd.DataFrame({**events(n), "species": "proton", "end": ends, "length": true})
    truth = truth.assign(end_x=20.0, end_y=0.0, end_z=true)
    tracks = pd.DataFrame({**events(n), "track": 0, "collection_height": 40})
    lists = {
        "wire": [np.arange(len(r), dtype=np.int16) for r in ranges],
        "drift": [np.full(len(r), 20.0, dtype=np.float32) for r in ranges],
        "residual_range": ranges,
        "pitch": [np.full(len(r), 0.46, dtype=np.float32) for r in ranges],
        "dqdx": [np.full(len(r), 1e5, dtype=np.float32) for r in ranges],
        "dedx": [a_curve(r, dedx) for r in ranges],
    }
    own = pd.concat(
        [
            pd.DataFrame({**events(n), "track": 0, "plane": plane, "angle": 0.0, **lists}).assign(
                n_points=[len(r) for r in ranges],
                length=length * true,
                end_x=20.0 + end[0],
                end_y=end[1],
                end_z=true + end[2],
            )
            for plane in PLANES
        ],
        ignore_index=True,
    )
    return TRACK_CALORIMETRY.check(own.astype({"n_points": "int32"})), tracks, truth, external


def compared(bootstrap=20, seed=1, **changes):
    return compare_calorimetry(
        *tables(**changes),
        detector=DETECTOR,
        simulation=Simulation(),
        bootstrap=bootstrap,
        seed=seed,
    )


def value(comparison, quantity, plane="collection", from_cm=0.0, to_cm=0.0):
    row = comparison[
        (comparison["quantity"] == quantity)
        & (comparison["plane"] == plane)
        & (comparison["from_cm"] == from_cm)
        & (comparison["to_cm"] == to_cm)
    ]
    return float(row["value"].iloc[0])


def verdicts(comparison):
    return as_table(check_calorimetry(comparison, detector=DETECTOR)).set_index("check")["verdict"]


def test_weighted_quantiles_are_those_of_the_repeated_values():
    values = np.array([3.0, 1.0, 2.0, 5.0])
    weights = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 3.0, 0.0, 2.0]])
    # 1, 1, 1, 5, 5 in the second sample
    assert weighted_median(values, weights).tolist() == [2, 1]
    assert weighted_quantiles(values, weights, (0.75,)).tolist() == [[3, 5]]
    assert half_width(values, weights).tolist() == [2, 2]


def test_the_first_weights_are_the_data_and_the_others_draw_as_many_tracks():
    weights = draw_weights(7, bootstrap=5, seed=2)
    assert weights[0].tolist() == [1] * 7
    assert weights.sum(axis=1).tolist() == [7] * 6
    np.testing.assert_array_equal(weights, draw_weights(7, bootstrap=5, seed=2))


def test_the_truth_itself_passes_every_check_in_collection():
    found = verdicts(compared())
    assert set(found[~found.index.str.contains("induction")]) == {"pass"}
    assert len(found) == 9


def test_differences_from_the_truth_are_measured():
    comparison = compared(length=1.01, end=(0.1, -0.2, 0.3))
    assert value(comparison, "relative length") == pytest.approx(1.01)
    for axis, off in zip("xyz", (0.1, -0.2, 0.3), strict=True):
        assert value(comparison, f"end {axis}", "both") == pytest.approx(off)
    assert value(comparison, "end found", "both") == 1
    assert value(compared(end=(0, 0, 1.1)), "end found", "both") == 0


def test_a_factor_in_dedx_is_found_in_every_bin_and_together():
    comparison = compared(dedx=1.04)
    ratios = comparison[comparison["quantity"] == "dE/dx / external"]
    assert len(ratios) > 15
    assert ratios["value"].to_numpy() == pytest.approx(np.full(len(ratios), 1.04))
    mean = value(comparison, "mean dE/dx / Bethe-Bloch", "collection", *CHECKED_RANGE)
    assert mean == pytest.approx(1.04)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"dedx": 1.06}, "dE/dx / external, p, collection"),
        ({"dedx": 0.94}, "mean dE/dx / Bethe-Bloch, p, collection"),
        ({"length": 1.03}, "relative length, p, collection"),
        ({"end": (0.25, 0, 0)}, "end x, p, both planes"),
        ({"end": (0, 0.45, 0)}, "end y, p, both planes"),
        ({"end": (0, 0, -0.25)}, "end z, p, both planes"),
    ],
)
def test_an_error_beyond_the_tolerance_fails(changes, check):
    assert verdicts(compared(**changes))[check] == "fail"


def test_induction_is_explained_by_the_shape_of_its_pulses_or_fails():
    name = "dE/dx / external, p, induction"
    expected = value(compared(), "predicted dE/dx / external", "induction", *CHECKED_RANGE)
    assert 0.9 < expected < 0.95
    assert verdicts(compared(dedx=expected))[name] == "explained"
    assert verdicts(compared(dedx=expected - 0.06))[name] == "fail"


def test_the_tolerance_of_an_end_is_half_a_wire():
    # 0.5 × 0.4 cm across wires at 60°: / sin 60° in depth, / cos 60° in height
    checks = {c.check: c.tolerance for c in check_calorimetry(compared(), detector=DETECTOR)}
    for axis, tolerance in zip("xyz", (0.2, 0.4, 0.2309401), strict=True):
        assert checks[f"end {axis}, p, both planes"] == pytest.approx(tolerance)


def test_particles_that_left_or_decayed_in_flight_are_not_compared():
    ends = np.where(np.arange(EVENTS) % 3 == 0, "left", "stopped")
    ends[1] = "decayed_in_flight"
    comparison = compared(ends=ends)
    assert set(comparison.loc[comparison["to_cm"] == 0, "n"]) == {int((ends == "stopped").sum())}


def test_only_the_primary_track_of_an_event_is_compared():
    own, tracks, truth, external = tables()
    other = own.assign(track=1, length=3.0)
    both = pd.concat([own, other], ignore_index=True)
    more = pd.concat([tracks, tracks.assign(track=1, collection_height=12)], ignore_index=True)
    settings = {"detector": DETECTOR, "simulation": Simulation(), "bootstrap": 20, "seed": 1}
    pd.testing.assert_frame_equal(
        compare_calorimetry(both, more, truth, external, **settings),
        compare_calorimetry(own, tracks, truth, external, **settings),
    )


def test_the_order_of_rows_does_not_matter():
    shuffled = [table.sample(frac=1, random_state=4) for table in tables(dedx=1.02)]
    again = compare_calorimetry(
        *shuffled, detector=DETECTOR, simulation=Simulation(), bootstrap=20, seed=1
    )
    pd.testing.assert_frame_equal(again, compared(dedx=1.02))


def test_too_few_tracks_give_no_ratio():
    quantities = set(compared(n=5)["quantity"])
    assert "relative length" in quantities
    assert not {name for name in quantities if "dE/dx" in name}


def test_without_tracks_the_comparison_is_empty():
    own, tracks, truth, external = (table.head(0) for table in tables())
    found = compare_calorimetry(
        own,
        tracks,
        truth,
        external,
        detector=DETECTOR,
        simulation=Simulation(),
        bootstrap=20,
        seed=1,
    )
    assert found.empty
    assert list(found.columns) == [column.name for column in CALORIMETRY_COMPARISON.columns]
    assert check_calorimetry(found, detector=DETECTOR) == []


def test_collection_gives_a_charge_back_whatever_its_drift():
    electrons, drift = np.full(5, 4e4), np.linspace(1, 46, 5)
    share = found_share(electrons, drift, "collection", detector=DETECTOR, simulation=Simulation())
    np.testing.assert_allclose(share, 1, atol=0.005)


def test_induction_loses_charge_to_diffusion_as_a_gaussian_of_its_width_would():
    # Near its peak the pulse t⁴ exp(-4t/τ) has the width σ = τ/2 = 7.8 ticks; diffusion over
    # 23.5 cm (157 µs) adds √(2 · 6.6 cm²/s · 157 µs) = 0.0455 cm = 2.37 ticks. The height of a
    # Gaussian falls to 7.8 / √(7.8² + 2.37²) = 0.957.
    drift = np.array([1e-6, 23.5])
    near, far = found_share(
        np.full(2, 4e5), drift, "induction", detector=DETECTOR, simulation=Simulation()
    )
    assert far / near == pytest.approx(0.957, abs=0.006)
