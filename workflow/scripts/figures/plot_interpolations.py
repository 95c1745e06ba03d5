"""Draw the way from one track to another through the latent space."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.walks import pair_key
from latentscape.figures.mosaics import interpolations
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import CHANNELS, sample_labels
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    shown = KeyedArrays.read(paths.interpolations, paths.interpolation_keys, pair_key(TRACK_KEY))
    labels = sample_labels(snakemake.params.species)
    figure = interpolations(
        shown["inputs"],
        shown["images"],
        names=[
            f"{labels[row.first_sample].text} → {labels[row.last_sample].text}"
            for row in shown.keys.itertuples()
        ],
        channels=CHANNELS,
        unit="ADC",
    )
    save(figure, snakemake.output)
