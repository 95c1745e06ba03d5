"""Draw walks along the latent dimensions from chosen tracks."""

from latentscape.arrays import KeyedArrays
from latentscape.figures.mosaics import walks
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import CHANNELS, sample_labels
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    shown = KeyedArrays.read(snakemake.input.walks, snakemake.input.walk_keys, TRACK_KEY)
    labels = sample_labels(snakemake.params.species)
    figure = walks(
        shown["inputs"],
        shown["images"],
        names=[f"{labels[row.sample].text}\n{row.event}" for row in shown.keys.itertuples()],
        sigmas=snakemake.params.sigmas,
        channels=CHANNELS,
        unit="ADC",
    )
    save(figure, snakemake.output)
