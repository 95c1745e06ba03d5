"""What the figure of stored and recomputed χ² shows, on a small table made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.sbn import stored_chi2
from latentscape.lartpc.validation.tables import SBN_CHI2

looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def a_comparison(tracks=6):
    rng = np.random.default_rng(1)
    rows = []
    for level, species in enumerate(("muon", "pion", "kaon", "proton")):
        stored = 3 * 4.0**level * rng.lognormal(0, 0.7, tracks)
        recomputed = stored * (1 + rng.uniform(-6e-8, 6e-8, tracks))
        rows.append(
            pd.DataFrame(
                {
                    "entry": 0,
                    "track": np.arange(tracks),
                    "plane": 2,
                    "species": species,
                    "stored": stored,
                    "recomputed": recomputed,
                    "stored_points": 9,
                    "recomputed_points": 9,
                }
            )
        )
    return SBN_CHI2.check(pd.concat(rows))


@looks_as_before
def test_stored_chi2_looks_as_before():
    return stored_chi2(a_comparison())


def test_legend_counts_the_tracks_with_a_stored_value():
    table = a_comparison()
    table.loc[(table["species"] == "kaon") & (table["track"] < 2), "stored"] = np.nan
    texts = [text.get_text() for text in stored_chi2(table).legends[0].get_texts()]
    assert "K⁺ (4 tracks)" in texts
    assert "p (6 tracks)" in texts


def test_largest_difference_is_within_the_frame():
    table = a_comparison()
    table.loc[3, "recomputed"] = table.loc[3, "stored"] * (1 + 1e-6)
    low, high = stored_chi2(table).axes[1].get_ylim()
    assert low < 1000 < high


def test_no_tracks_say_so():
    figure = stored_chi2(SBN_CHI2.empty())
    assert [text.get_text() for text in figure.axes[0].texts] == ["no entries"]
