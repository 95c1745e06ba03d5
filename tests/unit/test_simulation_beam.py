"""The beam line: spectra, company, spectrometer and time of flight."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from latentscape.lartpc.energy_loss import MASSES
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.samples import SimulateSample
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.activity import draw_blips
from latentscape.lartpc.simulation.beam import (
    BEAM,
    HALO,
    PILE_UP,
    Trigger,
    draw_trigger,
    time_of_flight,
    time_of_flight_mass,
)
from latentscape.lartpc.simulation.transport import Primary

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(**yaml.safe_load(LARIAT.read_text()))


def triggers(detector: Detector, number: int = 300, **simulate: object) -> list[Trigger]:
    sample = SimulateSample(**({"events": number, "momentum": (350, 800)} | simulate))
    rng = np.random.default_rng(1)
    return [
        draw_trigger(
            rng, species="proton", simulate=sample, simulation=Simulation(), detector=detector
        )
        for _ in range(number)
    ]


@given(st.sampled_from(sorted(MASSES)), st.floats(50, 2000), st.floats(1, 20))
def test_time_of_flight_of_a_particle_gives_back_its_mass(species, momentum, path):
    particle = Primary(species, momentum, (0.0, 0.0), (0.0, 0.0, 1.0))
    mass = time_of_flight_mass(momentum, time_of_flight(particle, path), path)
    assert mass == pytest.approx(MASSES[species], rel=1e-4)


def test_light_needs_twenty_two_nanoseconds_for_the_path():
    # 6.7 m / (0.299792458 m/ns) = 22.349 ns
    fast = Primary("muon", 1e9, (0.0, 0.0), (0.0, 0.0, 1.0))
    assert time_of_flight(fast, 6.7) == pytest.approx(22.349, abs=1e-3)


def test_mass_is_negative_when_the_particle_seems_faster_than_light():
    assert time_of_flight_mass(500.0, 20.0, 6.7) < 0


def test_measured_masses_peak_at_the_proton(detector):
    masses = [trigger.mass for trigger in triggers(detector)]
    assert np.median(masses) == pytest.approx(938.27, abs=10)
    assert 5 < np.std(masses) < 60


def test_momenta_fill_the_range_and_only_the_range(detector):
    momenta = [trigger.primaries[0].momentum for trigger in triggers(detector)]
    assert min(momenta) >= 350
    assert max(momenta) <= 800
    assert np.mean(momenta) == pytest.approx(575, abs=25)


def test_through_going_particles_are_above_the_range(detector):
    momenta = [t.primaries[0].momentum for t in triggers(detector, through_going=1.0)]
    assert min(momenta) > 800


def test_full_contamination_leaves_none_of_the_selected_species(detector):
    drawn = triggers(detector, 50, contamination={"pion": 0.5, "deuteron": 0.5})
    assert {trigger.primaries[0].species for trigger in drawn} == {"pion", "deuteron"}


def test_company_has_its_mean_numbers_and_arrives_at_other_times(detector):
    drawn = triggers(detector, 1000, halo=0.5, pile_up=0.2)
    origin = np.concatenate([trigger.origin for trigger in drawn])
    delay = np.concatenate([trigger.delay_ns for trigger in drawn])
    assert (origin == HALO).mean() * len(origin) / 1000 == pytest.approx(0.5, abs=0.08)
    assert (origin == PILE_UP).mean() * len(origin) / 1000 == pytest.approx(0.2, abs=0.05)
    assert (delay[origin == BEAM] == 0).all()
    assert (delay[origin != BEAM] != 0).all()


def test_picky_events_are_rarer_with_pile_up(detector):
    drawn = triggers(detector, 1000, pile_up=0.7)
    alone = [t.is_picky for t in drawn if PILE_UP not in t.origin]
    crowded = [t.is_picky for t in drawn if PILE_UP in t.origin]
    assert np.mean(alone) == pytest.approx(Simulation().picky_share, abs=0.05)
    assert np.mean(crowded) < 0.4 * np.mean(alone)


def test_every_particle_enters_inside_the_volume(detector):
    entries = np.array([p.entry for t in triggers(detector, halo=2.0) for p in t.primaries])
    assert (entries[:, 0] > 0).all()
    assert (entries[:, 0] < 47).all()
    assert (np.abs(entries[:, 1]) < 20).all()


def test_blips_carry_their_mean_energy_inside_the_volume(detector):
    blips, number = draw_blips(
        np.random.default_rng(1), mean=5000, simulation=Simulation(), detector=detector
    )
    # At 3 MeV/cm ln(0.930 + 0.9378) / 0.9378 = 0.6662 of the electrons survive.
    energy = blips.electrons.sum() * 23.6e-6 / 0.6662
    assert number == pytest.approx(5000, abs=300)
    assert energy / number == pytest.approx(Simulation().blip_energy, rel=0.05)
    assert ((blips.z >= 0) & (blips.z <= 90)).all()


def test_no_blips_where_none_are_wanted(detector):
    blips, number = draw_blips(
        np.random.default_rng(1), mean=0, simulation=Simulation(), detector=detector
    )
    assert number == 0
    assert blips.electrons.size == 0
