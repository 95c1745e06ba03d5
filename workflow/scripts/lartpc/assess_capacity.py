"""Measure how well each training gives images back and what it uses its dimensions for."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.capacity import assess_capacity
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.sweeps import CAPACITY
from latentscape.files import read_description
from latentscape.lartpc.tables.features import FEATURE_FAMILIES, FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    images = KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY)
    features = FEATURES.read(paths.features)
    parts = []
    for path, description_path in zip(paths.latents, paths.descriptions, strict=True):
        latents, description = LATENTS.read(path), read_description(description_path)
        capacity = assess_capacity(
            latents,
            labels_by_sample(latents, TRACK_KEY),
            features,
            images,
            key=TRACK_KEY,
            trained_on=params.trained_on,
            transform=description["model"]["transform"],
            constants=description["transform"],
            families=FEATURE_FAMILIES,
            seed=params.seed,
            **params.capacity,
        )
        parts.append(capacity)
    CAPACITY.write_tsv(CAPACITY.concatenate(parts), snakemake.output.capacity)
