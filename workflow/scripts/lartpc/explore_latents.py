"""Write the page on which the latents can be explored, as a folder and as one file."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.tables.anomaly import scores_table
from latentscape.explorer.page import write_folder, write_page
from latentscape.lartpc import explorer
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.features import FEATURES
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.models import LATENTS, MAP
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS, TRACKS
from latentscape.lartpc.tables.truth import TRUTH
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged, several

with logged(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    points = explorer.explored_points(
        LATENTS.read(given.latents),
        MAP.read(given.map),
        FEATURES.read(given.features),
        TRACKS.read_columns(several(given.tracks), [*TRACK_KEY, *explorer.TRACK_TEXTS]),
        pid=PID.read_any(several(given.pid)),
        scores=scores_table(TRACK_COLUMNS, params.scores).read(given.scores),
        beamline=BEAMLINE.read_any(several(given.beamline)),
        truth=TRUTH.read_any(several(given.truth)),
        training=params.training,
    )
    images = KeyedArrays.read_all(several(given.images), several(given.row_keys), TRACK_KEY)
    learnt = KeyedArrays.read(given.reconstructions, given.reconstruction_keys, TRACK_KEY)
    detector, model = Detector(**params.detector), snakemake.wildcards.model
    words = explorer.explorer_words(params.species, detector, model, params.training)
    shards = zip(several(given.hits), several(given.clusters), strict=True)
    parts = ((HITS.read(hits), CLUSTERS.read(clusters)) for hits, clusters in shards)
    pixels = explorer.explored_pixels(parts, points.table)
    write_folder(made.folder, points, images, learnt, pixels, words=words, **params.folder)
    some = points.sampled(params.page_points, seed=params.seed)
    write_page(made.page, some, images, learnt, words=words, **params.look)
