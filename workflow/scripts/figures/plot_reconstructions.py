"""Draw images beside their reconstructions."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.examples import typical_rows
from latentscape.figures.mosaics import reconstructions
from latentscape.figures.style import save
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.figures.labels import CHANNELS, IMAGE_AXES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.workflow import logged

with logged(snakemake):
    shown = typical_rows(LATENTS.read(snakemake.input.latents), TRACK_KEY, quantiles=(0.25, 0.75))
    images = KeyedArrays.read_all(snakemake.input.images, snakemake.input.row_keys, TRACK_KEY)
    outputs = KeyedArrays.read(
        snakemake.input.reconstructions, snakemake.input.reconstruction_keys, TRACK_KEY
    )
    figure = reconstructions(
        images.select(shown)["images"],
        outputs.select(shown)["images"],
        names=[f"{row.sample}\n{row.event}" for row in shown.itertuples()],
        channels=CHANNELS,
        axes_names=IMAGE_AXES,
        unit="ADC",
    )
    save(figure, snakemake.output)
