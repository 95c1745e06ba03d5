"""Draw the raw planes of one event."""

from latentscape.figures.style import save
from latentscape.files import read_description, read_tensors
from latentscape.lartpc.displays import name_event
from latentscape.lartpc.figures.displays import event_display
from latentscape.lartpc.geometry import Detector
from latentscape.workflow import logged

with logged(snakemake):
    figure = event_display(
        read_tensors(snakemake.input.planes),
        detector=Detector(**snakemake.params.detector),
        title=name_event(read_description(snakemake.input.event)),
    )
    save(figure, snakemake.output)
