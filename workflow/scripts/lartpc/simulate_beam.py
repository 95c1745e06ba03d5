"""Simulate one shard of a test beam: raw file, side inputs and truth."""

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.raw import write_events
from latentscape.lartpc.settings.samples import SimulateSample
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.side_inputs import write_beamline, write_calorimetry
from latentscape.lartpc.simulation.events import simulate_events
from latentscape.lartpc.simulation.records import Records
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.truth import TRUE_PIXELS, TRUTH
from latentscape.progress import progress
from latentscape.workflow import logged

with logged(snakemake):
    params, output = snakemake.params, snakemake.output
    simulate, detector = SimulateSample(**params.simulate), Detector(**params.detector)
    records = Records()
    events = simulate_events(
        sample=snakemake.wildcards.sample,
        species=params.species,
        simulate=simulate,
        simulation=Simulation(**params.simulation),
        detector=detector,
        seed=params.seed,
        **params.events,
    )
    write_events(
        output.raw,
        records.keep(progress(events, params.events["events"], unit="events")),
        tree=simulate.tree,
        layout=simulate.layout,
        detector=detector,
    )
    write_beamline(records.table(BEAMLINE), output.beamline)
    write_calorimetry(records.table(CALORIMETRY), output.calorimetry)
    TRUTH.write(records.table(TRUTH), output.truth)
    TRUE_PIXELS.write(records.table(TRUE_PIXELS), output.true_pixels)
