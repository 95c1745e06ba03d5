"""Write the page on which the latents can be explored, as a folder and as one file."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.tables import scores_table
from latentscape.explorer.page import write_folder, write_page
from latentscape.lartpc import tables
from latentscape.lartpc.explorer import TRACK_TEXTS, explored_pixels, explored_points
from latentscape.lartpc.explorer import explorer_words as words_of
from latentscape.lartpc.geometry import Detector
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged, several

with logged(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    points = explored_points(
        tables.LATENTS.read(given.latents),
        tables.MAP.read(given.map),
        tables.FEATURES.read(given.features),
        tables.TRACKS.read_columns(several(given.tracks), [*TRACK_KEY, *TRACK_TEXTS]),
        pid=tables.PID.concatenate(map(tables.PID.read, several(given.pid))),
        scores=scores_table(TRACK_COLUMNS, params.scores).read(given.scores),
        beamline=tables.BEAMLINE.concatenate(map(tables.BEAMLINE.read, several(given.beamline))),
        truth=tables.TRUTH.concatenate(map(tables.TRUTH.read, several(given.truth))),
        training=params.training,
    )
    images = KeyedArrays.read_all(several(given.images), several(given.row_keys), TRACK_KEY)
    learnt = KeyedArrays.read(given.reconstructions, given.reconstruction_keys, TRACK_KEY)
    detector, model = Detector(**params.detector), snakemake.wildcards.model
    words = words_of(params.species, detector=detector, model=model, training=params.training)
    shards = zip(several(given.hits), several(given.clusters), strict=True)
    pixels = explored_pixels(
        ((tables.HITS.read(h), tables.CLUSTERS.read(c)) for h, c in shards), points.table
    )
    look = {"words": words, **params.look}
    kb = params.display_kb
    write_folder(made.folder, points, images, learnt, pixels, display_kb=kb, **look)
    some = points.sampled(params.page_points, seed=params.seed)
    write_page(made.page, some, images, learnt, **look)
