"""Pulls, losses and bias of the simulated calorimetry, on tracks made by hand and by Geant4."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.reconstruction import collect_hits
from latentscape.lartpc.simulation.response import ionisation_electrons
from latentscape.lartpc.simulation.transport import Ending, Passage
from latentscape.lartpc.validation.delta_rays import electron_dedx, electron_energy
from latentscape.lartpc.validation.pulls import bias_by_dedx, check_pulls
from latentscape.lartpc.validation.simulated_hits import measure_pulls, predict_charge
from latentscape.lartpc.validation.tables import PULLS

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))
SIMULATION = Simulation()
ALIVE = np.zeros(240, dtype=bool)
DRAWN = "smearing of dE/dx drawn as set"
END = "error of the end point drawn as set"


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


def with_delta_rays(passage, energy, length, kinetic_energy):
    """Return the passage with one delta ray at each of its steps."""
    n = len(passage.energy)
    more = {
        "start": passage.start,
        "stop": passage.stop,
        "energy": np.full(n, energy),
        "length": np.full(n, length),
        "kinetic_energy": np.full(n, kinetic_energy),
        "time": passage.time,
        "track": np.full(n, 2),
        "parent": np.ones(n, dtype=np.int64),
        "pdg": np.full(n, 11),
        "primary": passage.primary,
        "is_daughter": passage.is_daughter,
    }
    both = {name: np.concatenate([getattr(passage, name), more[name]]) for name in more}
    return Passage(**both, ending=passage.ending)


def bias_predicted(passage, hits, simulation=SIMULATION):
    predicted = predict_charge(passage, hits.wire, simulation=simulation, detector=DETECTOR)
    return predicted["predicted_bias"][1:-1]


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
                "delta_share": np.where(event % 2 == 0, 0.0, 0.1),
                "predicted_bias": np.full(len(event), spread),
                "residual_range": residual + 0.15 * end,
                "dedx": charge * (1 + 0.03 * pull),
                "is_found": rng.random(len(event)) >= loss,
                "dedx_pull": pull,
                "deposit_pull": (charge * (1 + 0.03 * pull) / true - 1) / 0.03,
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


def test_only_delta_rays_keep_ten_thousand_simulated_hits_from_unit_pulls_and_no_bias(simulated):
    assert simulated["is_found"].sum() > 10_000
    found = verdicts(simulated)
    assert set(found.values()) == {"pass", "explained"}
    assert {name for name, verdict in found.items() if verdict == "explained"} == {
        "mean of the dE/dx pull against the deposited energy, all hits",
        "width of the dE/dx pull against the deposited energy, all hits",
        "mean of the dE/dx pull against the deposited energy, hits without delta rays",
        "mean bias of dE/dx from charge, 3 to 6 MeV/cm",
        "mean bias of dE/dx from charge, 6 to 12 MeV/cm",
    }


def test_charge_reads_hits_with_delta_rays_too_high_and_no_others(simulated):
    inner = simulated[~simulated["is_end"] & simulated["true_dedx"].between(3, 6)]
    bias = inner["charge_dedx"] / inner["true_dedx"] - 1
    has_delta = inner["delta_share"] > 0.05
    assert bias[has_delta].mean() > 0.05
    assert abs(bias[inner["delta_share"] == 0].mean()) < 0.005


def test_the_same_seed_gives_the_same_hits_and_another_seed_others():
    two = {"momenta": {"muon": (120.0, 260.0)}, "events": 2}
    pd.testing.assert_frame_equal(measured(**two), measured(**two))
    assert not measured(**two).equals(measured(**two, seed=6))


def test_an_event_does_not_depend_on_how_many_species_and_events_there_are(simulated):
    alone = measured(momenta={"muon": (120.0, 260.0)}, events=3)
    same = simulated[(simulated["species"] == "muon") & (simulated["event"] < 3)]
    pd.testing.assert_frame_equal(alone, same.reset_index(drop=True))


@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_recombination_of_steps_and_delta_rays_predicts_the_bias(simulated, statistic):
    bins = bias_by_dedx(simulated)
    known = bins[bins["hits"] > 300]
    assert len(known) >= 3
    # Second order in the spread, so not to more than a few tenths of a per cent.
    np.testing.assert_allclose(known[statistic], known[f"{statistic}_predicted"], atol=0.003)


def test_electrons_at_twice_their_mass_lose_what_is_computed_by_hand():
    # γ = 2, β² = 0.75, (βγ)² = 3: ln(0.510999² · 3 · 0.5 / 188e-6²) = 16.2209, and
    # 0.25 - 3/4 ln 2 + 1/32 = -0.23861; x = 0.238561: δ = 2 ln 10 x - 5.2146
    # + 0.1956 · 2.761439³ = 0.002949; 1.3954 · 0.307075 · 18/39.948 / 1.5 · 15.9793
    assert electron_dedx(0.51099895) == pytest.approx(2.0568, rel=1e-3)


def test_without_transfers_above_a_quarter_of_their_mass_electrons_lose_less():
    # Møller's terms at τ = 1, γ = 2 and a bound of 1/4: ln(0.75/4) + 4/3
    # + (1/32 + 3 ln 0.75)/4 - 1.75 = -2.29860; at 1/2: -1.62490
    restricted = electron_dedx(0.51099895, largest=0.51099895 / 4)
    assert restricted == pytest.approx(2.0568 * (15.9793 - 0.6737) / 15.9793, rel=1e-3)


def test_slower_electrons_than_the_formula_knows_lose_as_much_as_its_slowest():
    np.testing.assert_array_equal(electron_dedx([0.0, 5e-4]), electron_dedx([1e-3, 1e-3]))


@given(st.floats(0.01, 5))
def test_an_electron_of_a_slightly_larger_range_has_the_energy_that_the_way_costs(range_cm):
    more = electron_energy(1.01 * range_cm) - electron_energy(range_cm)
    cost = 0.01 * range_cm * float(electron_dedx(electron_energy(range_cm)))
    assert more == pytest.approx(cost, rel=0.02)


def test_delta_rays_of_low_energy_loss_read_high_as_worked_out_by_hand():
    # Beam 8 MeV/cm; delta rays add 2 MeV/cm with 0.511 MeV each, so that they lose 2.0568 MeV/cm.
    # R(x) = ln(0.93 + 0.31261 x)/(0.31261 x): charge 8 · 0.49295 + 2 · 0.70449 = 5.35258,
    # inverse (exp(0.31261 · 5.35258) - 0.93)/0.31261 = 14.074 instead of 10
    simulation = Simulation(production_cut_cm=1.0)
    energy, kinetic = 0.02, 0.51099895 + 0.01
    passage = with_delta_rays(a_track(np.full(2000, 8.0)), energy, energy / 2.0568, kinetic)
    hits = hits_of(passage)
    np.testing.assert_allclose(bias_predicted(passage, hits, simulation), 0.4074, rtol=1e-3)
    simulated = hits.dedx * hits.path / hits.energy - 1
    np.testing.assert_allclose(simulated[1:-1], 0.4074, rtol=1e-3)


def test_equal_steps_have_no_bias():
    passage = a_track(np.full(2000, 5.0))
    hits = hits_of(passage)
    np.testing.assert_allclose(bias_predicted(passage, hits), 0, atol=1e-6)
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
    # the inverse bends back by half a per cent of it, and wires differ by a step
    np.testing.assert_allclose(bias_predicted(passage, hits, simulation), expected, rtol=0.02)
    # The third order is a per cent of the second.
    bias = hits.dedx * hits.path / hits.energy - 1
    np.testing.assert_allclose(bias[1:-1], expected, rtol=0.03)


def test_pulls_as_they_should_be_pass():
    assert set(verdicts(pulls_table()).values()) == {"pass"}


@pytest.mark.parametrize(
    ("wrong", "failing"),
    [
        ({"scale": 1.05}, f"{DRAWN}: width of the pull against the noise-free hit"),
        ({"shift": 0.05}, f"{DRAWN}: mean of the pull against the noise-free hit"),
        ({"scale": 1.05}, "width of the dE/dx pull against the deposited energy, all hits"),
        ({"bias": 0.001}, "mean of the dE/dx pull against the deposited energy, all hits"),
        ({"scale": 1.4}, f"{END}: width of the residual-range pull"),
        ({"shift": 0.5}, f"{END}: mean of the residual-range pull"),
        ({"loss": 0.03}, "share of hits that are found"),
        ({"bias": -0.04}, "median bias of dE/dx from charge, 3 to 6 MeV/cm"),
        ({"bias": -0.04}, "mean bias of dE/dx from charge, 3 to 6 MeV/cm"),
    ],
)
def test_wrong_errors_of_the_calorimetry_fail(wrong, failing):
    assert verdicts(pulls_table(**wrong))[failing] == "fail"


@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_a_bias_that_recombination_predicts_is_explained(statistic):
    found = verdicts(pulls_table(bias=-0.04, spread=-0.035))
    assert found[f"{statistic} bias of dE/dx from charge, 3 to 6 MeV/cm"] == "explained"


def test_a_pull_that_recombination_predicts_is_explained():
    found = verdicts(pulls_table(bias=0.03, spread=0.03))
    assert found["mean of the dE/dx pull against the deposited energy, all hits"] == "explained"


def test_an_error_that_is_switched_off_has_no_check():
    off = {
        "calorimetry_smearing": 0,
        "calorimetry_end_point_cm": 0,
        "calorimetry_hit_loss": 0,
    }
    pulls = measured(momenta={"proton": (350.0, 800.0)}, events=3, simulation=Simulation(**off))
    assert pulls["is_found"].all()
    assert pulls["dedx_pull"].isna().all()
    assert all(" bias of dE/dx" in check for check in verdicts(pulls, **off))


def test_the_first_and_last_wires_are_left_out_of_the_bias():
    pulls = pulls_table()
    at_ends = pulls["is_end"]
    pulls.loc[at_ends, "charge_dedx"] *= 0.4
    assert bias_by_dedx(pulls)["low"].min() > -1e-9
