"""Draw the beam's momentum and mass."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.beam import beam_spectrum
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.workflow import logged

with logged(snakemake):
    beamline = BEAMLINE.read(snakemake.input.beamline)
    figure = beam_spectrum(beamline, labels=sample_labels(snakemake.params.species))
    save(figure, snakemake.output)
