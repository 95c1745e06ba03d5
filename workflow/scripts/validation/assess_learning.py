"""Say what one training has learnt from the images of one resize."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.tables import PROBES
from latentscape.files import read_json
from latentscape.lartpc.tables import LATENTS
from latentscape.lartpc.validation.fidelity import assess_learning
from latentscape.lartpc.validation.tables import FIDELITY
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    description = read_json(paths.description)
    fidelity = assess_learning(
        LATENTS.read(paths.latents),
        PROBES.read_tsv(paths.probes),
        KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY),
        KeyedArrays.read(paths.reconstructions, paths.reconstruction_keys, TRACK_KEY),
        resize=snakemake.wildcards.resize,
        transform=description["model"]["transform"],
        constants=description["transform"],
        **params.fidelity,
    )
    FIDELITY.write(fidelity, snakemake.output.fidelity)
