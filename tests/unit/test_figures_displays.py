"""The display of an identified event looks as before."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.displays import identified_display
from latentscape.lartpc.geometry import Detector, PlaneSettings
from latentscape.lartpc.tables.identification import PID, SPECIES
from latentscape.lartpc.tables.truth import TRUTH

looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)
FIRST = {"collection": (30, 1000), "induction": (25, 990)}


def a_detector():
    plane = PlaneSettings(wires=240, first_channel=0, angle=60, wire_at_origin=25, threshold=12)
    return Detector(
        name="test", ticks=3072, tick_ns=128, trigger_tick=134, pitch_cm=0.4,
        size_cm=(47, 40, 90), drift_velocity=1.5, field=0.486, lifetime_us=1000,
        induction=plane, collection=plane,
    )  # fmt: skip


def a_cluster(plane, number, first_wire, first_tick, wires):
    step = np.arange(wires)
    wire = np.repeat(first_wire + step, 30)
    tick = np.repeat(first_tick + 5 * step, 30) + np.tile(np.arange(30), wires)
    return {
        "plane": plane, "cluster": number, "wire": wire, "tick": tick,
        "first_wire": wire.min(), "last_wire": wire.max(), "height": wires,
        "first_tick": tick.min(), "last_tick": tick.max(), "width": int(np.ptp(tick)) + 1,
    }  # fmt: skip


def an_event():
    clusters = pd.DataFrame(
        [
            a_cluster(plane, number, wire + 60 * number, tick + 700 * number, 80 - 60 * number)
            for plane, (wire, tick) in FIRST.items()
            for number in (0, 1)
        ]
    )
    hits = clusters.groupby("plane", as_index=False).agg({"wire": list, "tick": list})
    hits = hits.assign(wire=hits["wire"].map(np.concatenate), tick=hits["tick"].map(np.concatenate))
    tracks = pd.DataFrame(
        {
            "track": [0, 1],
            "induction_cluster": [0, 1],
            "collection_height": [80, 20],
            "collection_width": [425, 125],
        }
    )
    return hits, clusters, tracks


def identified():
    chi2 = {f"chi2_{species}": [0.5 + i] for i, species in enumerate(SPECIES)}
    return PID.empty().iloc[:0].reindex([0]).assign(track=0, n_points=64, **chi2)


def true_particle():
    row = {"species": "proton", "momentum": 512.3, "length": 31.24, "end": "stopped"}
    more = {"daughters": "", "halo_muons": 1, "pile_up": 0, "blips": 12}
    return TRUTH.empty().iloc[:0].reindex([0]).assign(**row, **more)


@looks_as_before
def test_identified_display_looks_as_before():
    return identified_display(
        *an_event(), identified(), true_particle(),
        detector=a_detector(), chosen=0, zoom=True, title="p, run 1, subrun 0, event 2",
    )  # fmt: skip


def words(**changes):
    tables = {"pid": identified(), "truth": true_particle(), **changes}
    hits, clusters, tracks = an_event()
    figure = identified_display(
        hits, clusters, tables.get("tracks", tracks), tables["pid"], tables["truth"],
        detector=a_detector(), title="",
    )  # fmt: skip
    return figure.get_supxlabel().splitlines()


def test_hypotheses_stand_with_the_smallest_chi2_first():
    assert "χ² p 0.50, K⁺ 1.50, π⁺ 2.50, μ⁺ 3.50, d 4.50; 64 measurements" in words()[0]


def test_the_true_particle_is_named_where_it_is_known():
    assert words()[-1].startswith("simulated: p of 512 MeV/c, 31.2 cm, stopped; halo muons: 1")
    assert not any("simulated" in line for line in words(truth=TRUTH.empty()))


def test_a_track_without_identification_has_a_line():
    assert len(words(pid=PID.empty(), truth=TRUTH.empty())) == 2
    assert "χ²" not in words(pid=PID.empty())[0]


def test_an_event_without_tracks_says_so():
    _, _, tracks = an_event()
    assert words(tracks=tracks.iloc[:0])[0].startswith("no track")
