"""Pulls, losses and bias of the simulated calorimetry, on tracks made by hand and by Geant4."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings import Simulation
from latentscape.lartpc.simulation.reconstruction import collect_hits
from latentscape.lartpc.simulation.response import ionisation_electrons
from latentscape.lartpc.simulation.transport import Ending, Passage
from latentscape.lartpc.validation.pulls import bias_by_dedx, check_pulls
from latentscape.lartpc.validation.simulated_hits import measure_pulls, predicted_bias
from latentscape.lartpc.validation.tables import PULLS

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))
SIMULATION = Simulation()
ALIVE = np.zeros(240, dtype=bool)


def a_track(dedx, *, step=0.01):
    """Return a beam particle along z with these energy losses [MeV/cm], one per step [cm]."""
    steps = len(dedx)
    start = np.stack([np.full(steps, 23.5), np.zeros(steps), step * np.arange(steps)], axis=1)
    one = np.ones(steps, dtype=np.int64)
    return Passage(
        start=start,
        stop=start + np.array([0, 0, step]),
        energy=np.asarray(dedx) * step,
        length=np.full(steps, step),
        kinetic_energy=step * np.cumsum(dedx[::-1])[::-1],
        time=np.zeros(steps),
        track=one,
        parent=0 * one,
        pdg=2212 * one,
        primary=0 * one,
        is_daughter=np.zeros(steps, dtype=bool),
        ending=Ending("stopped", (23.5, 0.0, step * steps), step * steps, ()),
    )


def hits_of(passage, simulation=SIMULATION):
    electrons = ionisation_electrons(
        passage.energy, passage.length, model=simulation.recombination, field=DETECTOR.field
    )
    return collect_hits(passage, electrons, simulation=simulation, detector=DETECTOR, is_dead=ALIVE)


def pulls_table(*, tracks=150, wires=100, scale=1.0, shift=0.0, loss=0.02, bias=0.0, spread=0.0):
    """Return a table of pulls with these errors; the defaults are as they should be."""
    rng = np.random.default_rng(4)
    event, wire = np.divmod(np.arange(tracks * wires), wires)
    true = rng.uniform(2, 18, len(event))
    charge = true * (1 + bias)
    pull = shift + scale * rng.standard_normal(len(event))
    end = (shift + scale * rng.standard_normal(tracks))[event]
    residual = wires - wire
    return PULLS.check(
        pd.DataFrame(
            {
                "species": "proton",
                "event": event,
                "wire": wire,
                "is_end": (wire == 0) | (wire == wires - 1),
                "true_residual_range": residual.astype(float),
                "true_dedx": true,
                "charge_dedx": charge,
                "predicted_bias": np.full(len(event), spread),
                "residual_range": residual + 0.15 * end,
                "dedx": charge * (1 + 0.03 * pull),
                "is_found": rng.random(len(event)) >= loss,
                "dedx_pull": pull,
                "residual_range_pull": end,
            }
        )
    )


def verdicts(pulls, **changes):
    checks = check_pulls(pulls, simulation=Simulation(**changes))
    return {check.check: check.verdict for check in checks}


@pytest.fixture(scope="module")
def simulated():
    return measured()


def measured(**changes):
    settings = {
        "momenta": {"proton": (350.0, 800.0), "kaon": (350.0, 650.0), "muon": (120.0, 260.0)},
        "events": 60,
        "detector": DETECTOR,
        "simulation": SIMULATION,
        "seed": 5,
    }
    return measure_pulls(**(settings | changes))


def test_ten_thousand_simulated_hits_have_unit_pulls_and_little_bias(simulated):
    assert simulated["is_found"].sum() > 10_000
    assert set(verdicts(simulated).values()) == {"pass"}


def test_the_same_seed_gives_the_same_hits_and_another_seed_others():
    two = {"momenta": {"muon": (120.0, 260.0)}, "events": 2}
    pd.testing.assert_frame_equal(measured(**two), measured(**two))
    assert not measured(**two).equals(measured(**two, seed=6))


def test_an_event_does_not_depend_on_how_many_species_and_events_there_are(simulated):
    alone = measured(momenta={"muon": (120.0, 260.0)}, events=3)
    same = simulated[(simulated["species"] == "muon") & (simulated["event"] < 3)]
    pd.testing.assert_frame_equal(alone, same.reset_index(drop=True))


def test_the_spread_of_the_steps_predicts_the_bias_of_simulated_hits(simulated):
    bins = bias_by_dedx(simulated)
    known = bins[bins["hits"] > 300]
    assert len(known) >= 3
    # Second order and without delta rays, so not to more than a few tenths of a per cent.
    np.testing.assert_allclose(known["median"], known["predicted"], atol=0.003)


def test_equal_steps_have_no_bias():
    passage = a_track(np.full(2000, 5.0))
    hits = hits_of(passage)
    bias = predicted_bias(passage, hits.wire, simulation=SIMULATION, detector=DETECTOR)
    np.testing.assert_allclose(bias, 0, atol=1e-6)
    np.testing.assert_allclose(hits.dedx[1:-1], 5, rtol=1e-9)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # q = ln(α + βx)/β: -½ β/(α + βx̄) Var/x̄ with β = 0.212/(1.3954 · 0.486) = 0.31261,
        # x̄ = 5, Var = 1: -½ · 0.31261/2.49305 · 1/5
        ("box", -0.012539),
        # q = a x/(1 + kx): -k/(1 + kx̄) Var/x̄ with k = 0.0486/(1.3954 · 0.486) = 0.071664:
        # -0.071664/1.35832 · 1/5
        ("birks", -0.010552),
    ],
)
def test_steps_of_four_and_six_mev_per_cm_read_low_by_the_curvature(model, expected):
    simulation = Simulation(recombination=model)
    passage = a_track(np.tile([4.0, 6.0], 1000))
    hits = hits_of(passage, simulation)
    predicted = predicted_bias(passage, hits.wire, simulation=simulation, detector=DETECTOR)
    np.testing.assert_allclose(predicted[1:-1], expected, rtol=0.01)
    # The third order is a per cent of the second.
    bias = hits.dedx * hits.path / hits.energy - 1
    np.testing.assert_allclose(bias[1:-1], expected, rtol=0.03)


def test_pulls_as_they_should_be_pass():
    assert set(verdicts(pulls_table()).values()) == {"pass"}


@pytest.mark.parametrize(
    ("wrong", "failing"),
    [
        ({"scale": 1.05}, "width of the dE/dx pull"),
        ({"shift": 0.05}, "mean of the dE/dx pull"),
        ({"scale": 1.4}, "width of the residual-range pull"),
        ({"shift": 0.5}, "mean of the residual-range pull"),
        ({"loss": 0.03}, "share of hits that are found"),
        ({"bias": -0.04}, "bias of dE/dx from charge, 3 to 6 MeV/cm"),
    ],
)
def test_wrong_errors_of_the_calorimetry_fail(wrong, failing):
    assert verdicts(pulls_table(**wrong))[failing] == "fail"


def test_a_bias_that_the_spread_of_the_steps_predicts_is_explained():
    found = verdicts(pulls_table(bias=-0.04, spread=-0.035))
    assert found["bias of dE/dx from charge, 3 to 6 MeV/cm"] == "explained"


def test_an_error_that_is_switched_off_has_no_check():
    off = {
        "calorimetry_smearing": 0,
        "calorimetry_end_point_cm": 0,
        "calorimetry_hit_loss": 0,
    }
    pulls = measured(momenta={"proton": (350.0, 800.0)}, events=3, simulation=Simulation(**off))
    assert pulls["is_found"].all()
    assert pulls["dedx_pull"].isna().all()
    assert all(check.startswith("bias") for check in verdicts(pulls, **off))


def test_the_first_and_last_wires_are_left_out_of_the_bias():
    pulls = pulls_table()
    at_ends = pulls["is_end"]
    pulls.loc[at_ends, "charge_dedx"] *= 0.4
    assert bias_by_dedx(pulls)["low"].min() > -1e-9
