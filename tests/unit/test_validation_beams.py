"""Closure runs: what is recorded of lone particles, and the energy along their path.

Geant4 allows one geometry per process, so the box of these runs gets a process of its own.
"""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.lartpc.simulation.passage import Ending, Passage
from latentscape.lartpc.validation.beams import Beams, energy_after, simulate_beams
from latentscape.lartpc.validation.conditions import FIRST_SHARE, SCATTERER_CM
from latentscape.lartpc.validation.tables import CLOSURE, CLOSURE_DECAYS, CLOSURE_LAYERS

RUN = {
    "energies": (20.0, 60.0),
    "particles": 30,
    "layer_energies": (100.0,),
    "layers": 40,
    "decays": 60,
    "scattered": 20,
    "step_cm": 0.2,
    "production_cut_cm": 0.1,
    "seed": 3,
}
PROGRAM = """
import sys
from latentscape.lartpc.validation.beams import simulate_beams
from latentscape.lartpc.validation.tables import CLOSURE, CLOSURE_DECAYS, CLOSURE_LAYERS
run, folder = {run!r}, sys.argv[1]
for name, species, changes in (
    ("proton", "proton", {{}}),
    ("kaon", "kaon", {{}}),
    ("again", "kaon", {{}}),
    ("seed", "kaon", {{"seed": 4}}),
):
    beams = simulate_beams(species=species, **run | changes)
    CLOSURE.write(beams.tracks, f"{{folder}}/{{name}}.tracks")
    CLOSURE_LAYERS.write(beams.layers, f"{{folder}}/{{name}}.layers")
    CLOSURE_DECAYS.write(beams.decays, f"{{folder}}/{{name}}.decays")
"""


@pytest.fixture(scope="module")
def beams(tmp_path_factory) -> dict[str, Beams]:
    folder = tmp_path_factory.mktemp("beams")
    subprocess.run([sys.executable, "-c", PROGRAM.format(run=RUN), str(folder)], check=True)
    return {name: beams_in(folder, name) for name in ("proton", "kaon", "again", "seed")}


def beams_in(folder: Path, name: str) -> Beams:
    return Beams(
        tracks=CLOSURE.read(folder / f"{name}.tracks"),
        layers=CLOSURE_LAYERS.read(folder / f"{name}.layers"),
        decays=CLOSURE_DECAYS.read(folder / f"{name}.decays"),
    )


def test_all_particles_are_recorded(beams):
    protons = beams["proton"]
    assert protons.tracks.groupby("kinetic_energy").size().to_dict() == {20.0: 30, 60.0: 30}
    assert protons.layers.groupby(["kinetic_energy", "thickness"]).size().to_dict() == {
        (60.0, SCATTERER_CM): 20,
        (100.0, 0.4): 40,
    }
    assert protons.decays.empty
    assert len(beams["kaon"].decays) == 60


@pytest.mark.parametrize("name", ["proton", "kaon"])
def test_the_tables_are_as_declared(beams, name):
    CLOSURE.check(beams[name].tracks)
    CLOSURE_LAYERS.check(beams[name].layers)
    CLOSURE_DECAYS.check(beams[name].decays)


def test_protons_of_20_mev_stop_after_the_range_of_pstar(beams):
    # NIST PSTAR: 0.6335 g/cm² over 1.3954 g/cm³; straggling 1.3 % of one, 0.25 % of the mean of 30
    slow = beams["proton"].tracks.query("kinetic_energy == 20")
    assert set(slow["end"]) == {"stopped"}
    assert slow["path"].mean() == pytest.approx(0.6335 / 1.3954, rel=0.01)
    assert (slow["depth"] / slow["path"]).to_numpy() == pytest.approx(FIRST_SHARE, rel=0.06)
    # 30 % of the range of such protons cost 18 % of their energy
    assert (slow["loss"].mean() / 20) == pytest.approx(0.18, abs=0.01)


def test_a_thin_layer_costs_what_pstar_says_and_bends_little(beams):
    thin = beams["proton"].layers.query("thickness == 0.4")
    # PSTAR: 5.212 MeV cm²/g at 100 MeV
    assert thin["loss"].mean() == pytest.approx(5.212 * 1.3954 * 0.4, rel=0.03)
    assert thin["path"].between(0.4, 0.4 + RUN["step_cm"]).all()
    assert thin[["angle_x", "angle_y"]].abs().to_numpy().max() < 0.2


def test_slow_protons_do_not_get_through_the_scatterer(beams):
    thick = beams["proton"].layers.query(f"thickness == {SCATTERER_CM}")
    assert thick["loss"].isna().all()


def test_kaons_decay_and_the_muon_s_momentum_is_that_of_a_decay_at_rest(beams):
    decays = beams["kaon"].decays
    muonic = decays[(decays["daughters"] == "mu+ nu_mu") & (decays["end"] == "decayed_at_rest")]
    assert len(muonic) > 20
    momenta = np.stack(muonic["momenta"].tolist())
    np.testing.assert_allclose(momenta, 235.53, atol=0.02)


def test_the_same_seed_gives_the_same_particles(beams):
    pd.testing.assert_frame_equal(beams["again"].tracks, beams["kaon"].tracks)
    pd.testing.assert_frame_equal(beams["again"].layers, beams["kaon"].layers)
    assert not beams["seed"].tracks["path"].equals(beams["kaon"].tracks["path"])


def test_particles_that_would_leave_the_box_are_refused():
    with pytest.raises(InputError, match=r"5000 MeV give a muon a range of .* up to 1500 cm"):
        simulate_beams(species="muon", **RUN | {"energies": (5000.0,)})


def a_passage(length, energy, kinetic_energy) -> Passage:
    """Return steps of a lone particle; what else a passage holds does not matter here."""
    n = len(length)
    vectors, ones = np.zeros((n, 3)), np.ones(n, dtype=np.int64)
    return Passage(
        start=vectors,
        stop=vectors,
        energy=np.asarray(energy, dtype=float),
        length=np.asarray(length, dtype=float),
        kinetic_energy=np.asarray(kinetic_energy, dtype=float),
        time=np.zeros(n),
        track=ones,
        parent=ones - 1,
        pdg=ones,
        primary=ones - 1,
        is_daughter=np.zeros(n, dtype=bool),
        ending=Ending("stopped", (0.0, 0.0, 0.0), float(np.sum(length)), ()),
    )


def test_energy_is_read_at_the_ends_of_steps_and_between_them():
    passage = a_passage([1.0, 1.0], [10.0, 10.0], [100.0, 90.0])
    assert energy_after(passage, 1.0) == pytest.approx(90)
    assert energy_after(passage, 2.0) == pytest.approx(80)
    # by hand: half way of T^1.77, (100^1.77 + 90^1.77) / 2 = 3172.4
    assert energy_after(passage, 0.5) == pytest.approx(3172.4 ** (1 / 1.77), rel=1e-4)


def test_what_a_knocked_out_electron_takes_is_lost_at_the_end_of_the_step():
    # the step deposits 10 MeV, and an electron takes 30 MeV at its end
    passage = a_passage([1.0, 1.0], [10.0, 5.0], [100.0, 60.0])
    assert energy_after(passage, 0.999) == pytest.approx(90, abs=0.02)
    assert energy_after(passage, 1.001) == pytest.approx(60, abs=0.02)


def test_no_energy_is_given_beyond_the_end_of_the_path():
    assert math.isnan(energy_after(a_passage([1.0], [10.0], [10.0]), 1.1))
