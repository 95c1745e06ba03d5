"""What gathers all shards, on copies of the shards of a finished run: memory against tracks."""

import shutil
from pathlib import Path

import pandas as pd

from bench.scale.runs import SAMPLE, Limit, run_gathering
from latentscape.arrays import KeyedArrays
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.features import FEATURE_GAPS, FEATURES
from latentscape.lartpc.tables.reconstruction import CUT_FLOW, HITS, TRACKS
from latentscape.progress import progress
from latentscape.tables import EVENT_KEY, TRACK_KEY

# The events of a copy have other subruns; a file made by the bench has far fewer than these.
SUBRUNS = 1_000_000
COLUMNS = ("tracks", "rule", "jobs", "wall_s", "job_s", "cpu_s", "peak_mb", "charged_mb", "killed")
TABLES = {
    "hits": HITS,
    "tracks": TRACKS,
    "track_calorimetry": TRACK_CALORIMETRY,
    "features": FEATURES,
    "cut_flow": CUT_FLOW,
    "feature_gaps": FEATURE_GAPS,
}


def copy_shards(source: Path, target: Path, *, shards: int, copies: int) -> int:
    """Write the shards of a run again and again, each time with other events.

    Parameters
    ----------
    source, target : path
        Folders of a finished run, and of the new one.
    shards : int
        How many shards the run has.
    copies : int
        How often each is written.

    Returns
    -------
    int
        Number of tracks that are written.
    """
    shutil.rmtree(target, ignore_errors=True)
    tracks = 0
    for number in progress(range(shards * copies), shards * copies, unit="shards"):
        copy, old = divmod(number, shards)
        for name, table in TABLES.items():
            place = Path("results", "lartpc", name, SAMPLE)
            frame = table.read(source / place / f"{old:03d}.parquet")
            table.write(_moved(frame, copy), target / place / f"{number:03d}.parquet")
            tracks += len(frame) if table is TRACKS else 0
        place = Path("results", "lartpc", "images", SAMPLE)
        files = [(f"{n:03d}.safetensors", f"{n:03d}.keys.parquet") for n in (old, number)]
        images = KeyedArrays.read(*(source / place / name for name in files[0]), TRACK_KEY)
        images = KeyedArrays(_moved(images.keys, copy), images.arrays)
        images.write(*(target / place / name for name in files[1]))
    return tracks


def _moved(frame: pd.DataFrame, copy: int) -> pd.DataFrame:
    """Return the rows with other subruns, where they have any."""
    if not set(EVENT_KEY) <= set(frame.columns):
        return frame
    return frame.assign(subrun=frame["subrun"] + copy * SUBRUNS)


def gather(
    file: Path, run: Path, folder: Path, limit: Limit, *, shards: int, copies: int
) -> pd.DataFrame:
    """Run what gathers the shards on copies of a run, and return a line per rule.

    Parameters
    ----------
    file : path
        The raw file of the run; it is named in the configuration, and not read.
    run, folder : path
        Folders of the finished run, and of the new one, which is emptied before.
    limit : Limit
        Memory of each job.
    shards, copies : int
        How many shards the run has, and how often each is used.
    """
    tracks = copy_shards(run, folder, shards=shards, copies=copies)
    table = run_gathering(file, folder, limit, shards=shards * copies)
    table = table.assign(tracks=tracks)
    return table[list(COLUMNS)]
