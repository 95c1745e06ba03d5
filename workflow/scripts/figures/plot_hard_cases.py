"""Draw the tracks that are hard for all probes, beside easy ones."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.hard_cases import choose_cases
from latentscape.figures.hard_cases import hard_case_images
from latentscape.figures.style import save
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.figures.labels import CHANNELS, sample_labels
from latentscape.lartpc.tables.models import VERDICTS
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    verdicts = VERDICTS.read(paths.verdicts)
    figure = hard_case_images(
        choose_cases(verdicts, task=params.task, key=TRACK_KEY, count=params.shown),
        KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY),
        task=params.task,
        labels=sample_labels(params.species),
        channels=CHANNELS,
        unit="ADC",
    )
    save(figure, snakemake.output)
