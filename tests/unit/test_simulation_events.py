"""Whole events: Geant4 transport, keys, chance, truth and the detector's working point.

Geant4 allows one geometry and one physics list per process, so everything here uses the default
settings and shares the events of two fixtures.
"""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from latentscape.config import validate
from latentscape.lartpc.clusters import find_clusters
from latentscape.lartpc.energy_loss import MASSES, csda_range
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.hits import extract_hits
from latentscape.lartpc.raw_event import RawEvent
from latentscape.lartpc.settings.samples import SimulateSample
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.events import SimulatedEvent, simulate_events
from latentscape.lartpc.simulation.transport import (
    DATA_VARIABLES,
    Primary,
    Transport,
    transport,
)
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.truth import TRUE_PIXELS, TRUTH

ROOT = Path(__file__).parents[2]
LARIAT = ROOT / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))
SIMULATION = Simulation()


def simulated(species="proton", *, events, momentum=(350, 800), shard=0, first_event=0, seed=7):
    return simulate_events(
        sample=species,
        species=species,
        simulate=SimulateSample(events=events, momentum=momentum),
        simulation=SIMULATION,
        detector=DETECTOR,
        shard=shard,
        events=events,
        first_event=first_event,
        seed=seed,
    )


@pytest.fixture(scope="module")
def protons() -> list[SimulatedEvent]:
    return list(simulated(events=100))


@pytest.fixture(scope="module")
def kaons() -> list[SimulatedEvent]:
    return list(simulated("kaon", events=20, momentum=(350, 550)))


@pytest.fixture(scope="module")
def geant4() -> Transport:
    return transport(
        size_cm=DETECTOR.size_cm,
        step_cm=SIMULATION.step_cm,
        production_cut_cm=SIMULATION.production_cut_cm,
    )


def a_particle(species, kinetic_energy):
    momentum = np.sqrt((kinetic_energy + MASSES[species]) ** 2 - MASSES[species] ** 2)
    return Primary(species, float(momentum), (23.5, 0.0), (0.0, 0.0, 1.0))


def same(a: SimulatedEvent, b: SimulatedEvent) -> bool:
    return all(np.array_equal(a.adc[plane], b.adc[plane]) for plane in a.adc)


def pulse_heights(events, plane):
    """Return the highest sample of the beam particle on each of its wires."""
    heights = []
    for event in events:
        samples = event.adc[plane]
        above = samples - np.median(samples, axis=1, keepdims=True)
        pixels = next(row for row in event.true_pixels if row["plane"] == plane)
        beam = pixels["particle"] == 0
        wire, tick = pixels["wire"][beam], pixels["tick"][beam]
        highest = np.zeros(len(above))
        np.maximum.at(highest, wire, above[wire, tick])
        heights.append(highest[highest > 2 * DETECTOR.plane(plane).threshold])
    return np.concatenate(heights)


def most_probable(values, *, bins=20, window=5):
    """Return the mode of a histogram after a running mean."""
    counts, edges = np.histogram(values, np.arange(0, 2000, bins))
    smooth = np.convolve(counts, np.ones(window) / window, "same")
    return edges[smooth.argmax()] + bins / 2


def test_protons_of_200_mev_have_the_range_of_pstar(geant4):
    # NIST PSTAR: CSDA range in argon 36.27 g/cm², over 1.3954 g/cm³: 25.99 cm
    passages = [geant4.run([a_particle("proton", 200)], seed=seed) for seed in range(1, 41)]
    assert np.mean([p.ending.length for p in passages]) == pytest.approx(25.99, rel=0.01)
    assert {p.ending.end for p in passages} == {"stopped"}
    assert passages[0].energy.sum() == pytest.approx(200, abs=0.01)


@pytest.mark.parametrize(
    ("species", "kinetic_energy", "end"),
    [("pion", 80, "decayed_at_rest"), ("deuteron", 200, "stopped")],
)
def test_pions_and_deuterons_stop_after_the_mean_range(geant4, species, kinetic_energy, end):
    passages = [geant4.run([a_particle(species, kinetic_energy)], seed=s) for s in range(1, 41)]
    endings = [passage.ending for passage in passages]
    at_rest = [ending.length for ending in endings if ending.end == end]
    # A pion of 80 MeV flies for 1 ns of its 26 ns: some 4 % of the pions decay before they stop.
    assert len(at_rest) >= 34
    # Pions straggle by 0.5 cm: 0.1 cm or 0.5 % for the mean of 40.
    assert np.mean(at_rest) == pytest.approx(csda_range(kinetic_energy, species=species), rel=0.02)


def test_no_step_is_longer_than_the_limit(geant4):
    passage = geant4.run([a_particle("muon", 3000)], seed=1)
    assert passage.length.max() <= SIMULATION.step_cm + 1e-9
    assert passage.ending.end == "left"


def test_stopped_kaons_decay_and_their_daughters_are_marked(geant4):
    passages = [geant4.run([a_particle("kaon", 100)], seed=seed) for seed in range(1, 31)]
    at_rest = [p for p in passages if p.ending.end == "decayed_at_rest"]
    muonic = [p for p in at_rest if p.ending.daughters == ("mu+", "nu_mu")]
    assert len(at_rest) > 20
    # PDG: 63.6 % of the decays, so 19 of 30 with a spread of 3
    assert 10 <= len(muonic) <= 28
    muon = muonic[0].pdg == -13
    assert muonic[0].is_daughter[muon].all()
    assert not muonic[0].is_daughter[muonic[0].track == 1].any()


def test_each_step_belongs_to_its_primary(geant4):
    low, high = a_particle("proton", 100), a_particle("proton", 250)
    passage = geant4.run([low, high], seed=3)
    energy = [passage.energy[passage.primary == i].sum() for i in (0, 1)]
    np.testing.assert_allclose(energy, [100, 250], rtol=1e-3)


def test_kinetic_energies_fall_by_what_the_steps_leave(geant4):
    # no electron of a 60 MeV proton, 0.13 MeV at most, gets above the production cut
    passage = geant4.run([a_particle("proton", 60)], seed=5)
    assert passage.kinetic_energy[0] == pytest.approx(60, rel=1e-6)
    left = passage.kinetic_energy - passage.energy
    np.testing.assert_allclose(left[:-1], passage.kinetic_energy[1:], atol=1e-9)
    assert left[-1] == pytest.approx(0, abs=1e-9)


def test_pieces_of_a_step_share_its_fall_in_energy(geant4):
    passage = geant4.run([a_particle("proton", 60)], seed=5)
    pieces = passage.divided(0.05)
    left = pieces.kinetic_energy - pieces.energy
    np.testing.assert_allclose(left[:-1], pieces.kinetic_energy[1:], atol=1e-9)


def test_a_lone_primary_leaves_no_other_track(geant4):
    kaon = [a_particle("kaon", 100)]
    together, alone = geant4.run(kaon, seed=2), geant4.run(kaon, seed=2, only_primary=True)
    assert len(np.unique(together.track)) > 1
    assert set(alone.track) == {1}
    assert alone.ending.daughters


def test_a_primary_is_dropped_at_the_end_of_the_step_asked_for(geant4):
    passage = geant4.run([a_particle("proton", 200)], seed=4, only_primary=True, until_cm=1.0)
    assert passage.ending.end == "left"
    assert 1.0 <= passage.ending.length + 1e-9 < 1.0 + SIMULATION.step_cm
    assert passage.ending.direction[2] == pytest.approx(1, abs=0.01)


def test_daughters_of_kaons_at_rest_have_opposite_momenta(geant4):
    # PDG: 236 MeV/c in K → μν, 205 MeV/c in K → ππ⁰
    lines = {("mu+", "nu_mu"): 235.53, ("pi+", "pi0"): 205.14}
    passages = [geant4.run([a_particle("kaon", 50)], seed=s) for s in range(1, 21)]
    endings = [p.ending for p in passages if p.ending.end == "decayed_at_rest"]
    two_body = [ending for ending in endings if ending.daughters in lines]
    assert len(two_body) > 10
    for ending in two_body:
        assert ending.daughter_momenta == pytest.approx((lines[ending.daughters],) * 2, abs=0.02)


def test_a_lower_production_cut_makes_more_electrons(geant4):
    muons = [geant4.run([a_particle("muon", 1000)], seed=seed) for seed in range(1, 6)]
    program = (
        "from latentscape.lartpc.simulation.transport import Primary, transport\n"
        f"geant4 = transport(size_cm={DETECTOR.size_cm!r}, step_cm=0.2, production_cut_cm=0.01)\n"
        f"muon = {a_particle('muon', 1000)!r}\n"
        "print(sum(geant4.run([muon], seed=seed).track.max() for seed in range(1, 6)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 2 * sum(muon.track.max() for muon in muons)


def test_a_second_geometry_in_the_process_is_refused(geant4):
    with pytest.raises(RuntimeError, match="one geometry"):
        transport(size_cm=(10.0, 10.0, 10.0), step_cm=0.1, production_cut_cm=0.07)


def test_the_environment_is_left_as_it_was(geant4):
    assert not [name for name in DATA_VARIABLES if "geant4-" in os.environ.get(name, "")]


def test_the_same_seed_gives_the_same_bytes(protons):
    assert all(same(a, b) for a, b in zip(protons, simulated(events=3), strict=False))


def test_an_event_does_not_depend_on_those_before_it(protons):
    third = next(simulated(events=1, first_event=3))
    assert same(third, protons[3])
    assert third.truth == protons[3].truth


@pytest.mark.parametrize("change", [{"shard": 1}, {"seed": 8}])
def test_another_shard_or_seed_gives_other_events(protons, change):
    other = next(simulated(events=1, **change))
    assert not same(other, protons[0])
    assert other.truth["momentum"] != protons[0].truth["momentum"]


def test_keys_are_unique_and_name_sample_and_shard():
    events = list(islice(simulated(events=3, shard=2, first_event=10), 3))
    assert [(e.run, e.subrun, e.event) for e in events] == [
        (6000, 2, 10),
        (6000, 2, 11),
        (6000, 2, 12),
    ]


def test_rows_fit_their_tables(protons, kaons):
    events = [*protons, *kaons]
    BEAMLINE.check(pd.DataFrame([event.beamline for event in events]))
    TRUTH.check(pd.DataFrame([event.truth for event in events]))
    CALORIMETRY.check(pd.DataFrame([e.calorimetry for e in events if e.calorimetry is not None]))
    TRUE_PIXELS.check(pd.DataFrame([row for event in events for row in event.true_pixels]))


def test_samples_have_the_read_out_s_shape_and_baseline(protons):
    for plane in ("induction", "collection"):
        samples = protons[0].adc[plane]
        assert samples.shape == (240, 3072)
        assert samples.dtype == np.int16
        assert np.median(samples) == pytest.approx(SIMULATION.pedestal, abs=3)


def test_shares_are_above_zero_and_at_most_one(protons, kaons):
    shares = [row["share"] for event in [*protons, *kaons] for row in event.true_pixels]
    shares = np.concatenate(shares)
    assert shares.min() > 0
    assert shares.max() <= 1


def test_most_probable_pulse_heights_are_the_published_ones(protons):
    assert most_probable(pulse_heights(protons, "collection")) == pytest.approx(480, rel=0.1)
    assert most_probable(pulse_heights(protons, "induction")) == pytest.approx(250, rel=0.1)


def test_protons_enter_at_the_beam_spot_and_their_bragg_peak_is_at_the_last_wires():
    event = next(simulated(events=1, momentum=(649, 650)))
    samples = event.adc["collection"]
    above = samples - np.median(samples, axis=1, keepdims=True)
    pixels = event.true_pixels[1]
    on_beam = np.unique(pixels["wire"][pixels["particle"] == 0])
    # σ = 2 cm of beam spot: 2.5 wires by height, 104 ticks by drift
    assert on_beam[0] == pytest.approx(25, abs=8)
    assert above[on_beam[0] + 2].argmax() == pytest.approx(1358, abs=320)
    profile = above[on_beam].max(axis=1)
    assert profile.argmax() >= len(profile) - 6
    assert profile.max() > 2 * np.median(profile[:10])


def test_kaon_rows_tell_decay_and_daughters(kaons):
    ends = {event.truth["end"] for event in kaons}
    assert "decayed_at_rest" in ends
    assert all(
        bool(event.truth["daughters"]) == event.truth["end"].startswith("decayed")
        for event in kaons
    )
    classes = np.concatenate([event.true_pixels[1]["particle"] for event in kaons])
    assert {0, 1, 4} <= set(classes)


def test_beamline_mass_peaks_at_the_species(protons, kaons):
    for events, mass in ((protons, 938.27), (kaons, 493.68)):
        assert np.median([e.beamline["mass"] for e in events]) == pytest.approx(mass, rel=0.02)


def test_calorimetry_of_protons_follows_the_larsoft_template(protons):
    # dE/dx at 5 cm from the end: 8.61 MeV/cm (LArSoft's dEdxrestemplates, dedx_range_pro)
    rows = [event.calorimetry for event in protons if event.calorimetry is not None]
    residual = np.concatenate([row["residual_range"] for row in rows])
    dedx = np.concatenate([row["dedx"] for row in rows])
    at_five = dedx[np.abs(residual - 5) < 0.3]
    assert np.median(at_five) == pytest.approx(8.61, rel=0.03)


def test_a_process_imports_geant4_late_and_ends_cleanly_and_silently():
    program = (
        "import sys; from latentscape.lartpc.simulation.transport import Primary, transport\n"
        "assert 'geant4_pybind' not in sys.modules\n"
        "geant4 = transport(size_cm=(47.0, 40.0, 90.0), step_cm=0.2, production_cut_cm=0.07)\n"
        "geant4.run([Primary('kaon', 400.0, (20.0, 0.0), (0.0, 0.0, 1.0))], seed=1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
@pytest.mark.parametrize(("species", "published"), [("proton", 23), ("kaon", 86)])
def test_an_event_has_as_many_clusters_as_published(species, published):
    config = validate(yaml.safe_load((ROOT / "config.yaml").read_text("utf-8")))
    settings = config.samples[species]
    events = simulate_events(
        sample=species,
        species=settings.species,
        simulate=settings.simulate,
        simulation=config.lartpc.simulation,
        detector=DETECTOR,
        shard=0,
        events=40,
        first_event=0,
        seed=config.seed,
    )
    nothing_absent = {p: np.zeros(DETECTOR.plane(p).wires, dtype=bool) for p in PLANES}
    hits = extract_hits(
        (RawEvent(e.run, e.subrun, e.event, e.adc, nothing_absent) for e in events),
        sample=species,
        detector=DETECTOR,
        subtract_pedestal=settings.subtract_pedestal,
        total=40,
    )
    clusters = find_clusters(hits, **config.lartpc.clustering.model_dump(mode="json"))
    assert len(clusters) / 40 == pytest.approx(published, rel=0.25)
