"""Say what each training has learnt from the images of one resize."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.tables.probes import PROBES
from latentscape.files import read_description
from latentscape.lartpc.tables.models import LATENTS
from latentscape.lartpc.validation.fidelity import assess_learning
from latentscape.lartpc.validation.tables import FIDELITY
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    probes = PROBES.read_tsv(paths.probes)
    images = KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY)
    parts = []
    for latents, reconstructions, row_keys, path in zip(
        *(paths.latents, paths.reconstructions, paths.reconstruction_keys, paths.descriptions),
        strict=True,
    ):
        description = read_description(path)
        fidelity = assess_learning(
            LATENTS.read(latents),
            probes,
            images,
            KeyedArrays.read(reconstructions, row_keys, TRACK_KEY),
            resize=snakemake.wildcards.resize,
            transform=description["model"]["transform"],
            constants=description["transform"],
            **snakemake.params.fidelity,
        )
        parts.append(fidelity)
    FIDELITY.write(FIDELITY.concatenate(parts), snakemake.output.fidelity)
