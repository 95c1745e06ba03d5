"""Own calorimetry against truth and the external table, on tables made by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from latentscape.lartpc.argon import DENSITY, IONISATION_ENERGY
from latentscape.lartpc.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.energy_loss import energy_at_range, mean_dedx
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.recombination import inverse_modified_box, modified_box
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.response import pulse_shapes
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.validation.calorimetry import check_calorimetry, compare_calorimetry
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.own_dedx import CHECKED_RANGE, FEWEST_TRACKS
from latentscape.lartpc.validation.pulse_areas import area_after_diffusion
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
DRIFT_CM = 20.0


def events(n=EVENTS):
    return {"sample": "p", "run": 1, "subrun": 0, "event": np.arange(n)}


def a_curve(residual_range, factor=1.0):
    energy = energy_at_range(residual_range, species="proton")
    return factor * mean_dedx(energy, species="proton")


def with_charge(dedx, factor):
    """Return dE/dx as measured from a charge that is wrong by a factor."""
    argon = {"field": DETECTOR.field, "density": DENSITY}
    charge = dedx / IONISATION_ENERGY * modified_box(dedx, **argon)
    return inverse_modified_box(factor * charge, **argon)


def positive_areas(plane, drift_cm):
    """Return the positive area of simulated pulses after a drift, over that without diffusion."""
    drift_us = 10 * np.asarray(drift_cm) / DETECTOR.drift_velocity
    spread_cm = np.sqrt(2 * Simulation().diffusion_longitudinal * drift_us * 1e-6)
    pulses, _ = pulse_shapes(
        bipolar=plane == "induction",
        peaking_ticks=1000 * Simulation().shaping_us / DETECTOR.tick_ns,
        sigmas=np.array([0.0, *spread_cm / DETECTOR.cm_per_tick]),
    )
    areas = np.maximum(pulses[:, 0].astype(np.float64), 0).sum(axis=1)
    return areas[1:] / areas[0]


def tables(*, dedx=1.0, charge=1.0, length=1.0, end=(0.0, 0.0, 0.0), n=EVENTS, ends="stopped"):
    """Return own calorimetry, tracks, truth and external calorimetry.

    Own is true up to the factors ``dedx``, ``charge`` and ``length`` and the shift of the ``end``.
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
        "drift": [np.full(len(r), DRIFT_CM, dtype=np.float32) for r in ranges],
        "residual_range": ranges,
        "pitch": [np.full(len(r), 0.46, dtype=np.float32) for r in ranges],
        "dqdx": [np.full(len(r), 1e5, dtype=np.float32) for r in ranges],
        "dedx": [with_charge(a_curve(r, dedx), charge) for r in ranges],
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


def compared(bootstrap=20, seed=1, detector=DETECTOR, **changes):
    return compare_calorimetry(
        *tables(**changes),
        detector=detector,
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


def miscalibrated(*, gain=1.0, lifetime=1.0):
    """Return the verdicts of induction's dE/dx if its gain and the lifetime are wrong by factors.

    The charge is measured and compared with the same wrong detector.
    """
    plane = DETECTOR.induction
    wrong = DETECTOR.model_copy(
        update={
            "lifetime_us": lifetime * DETECTOR.lifetime_us,
            "induction": plane.model_copy(
                update={"electrons_per_adc_tick": gain * plane.electrons_per_adc_tick}
            ),
        }
    )
    drift_us = 10 * DRIFT_CM / DETECTOR.drift_velocity
    corrected = np.exp(drift_us / wrong.lifetime_us - drift_us / DETECTOR.lifetime_us)
    (diffused,) = positive_areas("induction", [DRIFT_CM])
    found = verdicts(compared(detector=wrong, charge=gain * corrected * diffused))
    return found[found.index.str.contains("dE/dx") & found.index.str.contains("induction")]


def test_induction_that_lost_charge_to_diffusion_alone_is_explained():
    found = miscalibrated()
    assert len(found) == 2
    assert set(found) == {"explained"}


# At the dE/dx of these protons, 1 % of charge is 1.6 % of dE/dx: diffusion lowers that by 6 %, and
# 10 % of gain change it by 15 %, more than the tolerance of 5 % from both 1 and the prediction.
@pytest.mark.parametrize(
    "wrong",
    [
        {"gain": 0.8},
        {"gain": 0.9},
        {"gain": 1.1},
        {"gain": 1.2},
        {"lifetime": 0.5},
        {"lifetime": 3.0},
    ],
)
def test_diffusion_does_not_explain_a_wrong_gain_or_lifetime(wrong):
    assert set(miscalibrated(**wrong)) == {"fail"}


def test_the_prediction_knows_neither_gain_nor_lifetime_nor_threshold():
    name = ("predicted dE/dx / external", "induction", *CHECKED_RANGE)
    plane = DETECTOR.induction.model_copy(update={"electrons_per_adc_tick": 5.0, "threshold": 70})
    other = DETECTOR.model_copy(update={"lifetime_us": 100.0, "induction": plane})
    assert value(compared(detector=other), *name) == value(compared(), *name)


def test_the_prediction_is_what_the_charge_that_diffusion_leaves_gives():
    # 20 cm: 133 µs, 0.0420 cm, 0.280 µs next to σ₀ = 2 µs / √4 = 1 µs: 1/√(1 + 0.280²) = 0.963.
    # At 7.05 MeV/cm, the median of these protons, 0.93 + 0.3126 · 7.05 = 3.134, and dE/dx changes
    # by ln 3.134 · 3.134 / (3.134 - 0.93) = 1.62 of the charge: by 1.62 · 0.037 = 0.060.
    name = ("predicted dE/dx / external", "induction", *CHECKED_RANGE)
    assert value(compared(), *name) == pytest.approx(1 - 0.060, abs=0.003)


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


def test_too_few_tracks_give_neither_rows_nor_checks():
    few, enough = (compared(n=n) for n in (FEWEST_TRACKS - 1, FEWEST_TRACKS))
    assert few.empty
    assert check_calorimetry(few, detector=DETECTOR) == []
    assert {"relative length", "end y", "dE/dx / external"} <= set(enough["quantity"])


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


def area_after(plane, drift_cm):
    return area_after_diffusion(drift_cm, plane, detector=DETECTOR, simulation=Simulation())


@pytest.mark.parametrize("plane", PLANES)
def test_the_area_after_diffusion_is_that_of_the_simulated_pulses(plane):
    drift = np.linspace(0, DETECTOR.size_cm[0], 12)
    np.testing.assert_allclose(area_after(plane, drift), positive_areas(plane, drift), atol=0.002)


def test_induction_loses_charge_to_diffusion_as_a_gaussian_of_its_width_would():
    # Near its peak the pulse t⁴ exp(-4t/τ) has the width σ₀ = τ/2 = 1 µs; diffusion over 23.5 cm
    # (157 µs) adds √(2 · 6.6 cm²/s · 157 µs) = 0.0455 cm = 0.303 µs: 1/√(1 + 0.303²) = 0.957.
    drift = np.array([-1.0, 0.0, 23.5])
    assert area_after("induction", drift) == pytest.approx([1, 1, 0.957], abs=0.0005)
    assert area_after("collection", drift).tolist() == [1, 1, 1]
