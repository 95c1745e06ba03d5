"""Write what survives each cut, for all samples, as a table to be read."""

from latentscape.keys import TRACK_KEY
from latentscape.lartpc.cuts import add_cut_flows, complete_cut_flow, require_tracks
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.reconstruction import CUT_FLOW, HITS, TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    cut_flow = complete_cut_flow(
        add_cut_flows([CUT_FLOW.read(path) for path in paths.cut_flows]),
        events=HITS.read_columns(paths.hits, HITS.key),
        tracks=TRACKS.read_columns(paths.tracks, TRACK_KEY),
        with_calorimetry=PID.read_columns(paths.pid, TRACK_KEY) if paths.pid else None,
    )
    require_tracks(cut_flow)
    CUT_FLOW.write_tsv(cut_flow, snakemake.output.cut_flow)
