"""Real files go through the workflow by configuration alone."""

from pathlib import Path

import pytest
import yaml

from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS, TRACKS

from .conftest import ROOT, run_workflow


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "file", "longest"),
    [
        ("pixlar", "pixlar_run14989_raw_adc.root", 6),
        ("protodune_vd", "protodunevd-sp-frames-anode0.tar.bz2", 191),
    ],
)
def test_a_real_file_reaches_tracks_and_displays(
    example: str, file: str, longest: int, reference_data: Path, tmp_path: Path
) -> None:
    config = yaml.safe_load((ROOT / "examples" / f"{example}.yaml").read_text("utf-8"))
    config["samples"][example]["files"] = [str(reference_data / "lartpc" / file)]
    result = run_workflow(tmp_path, config, cores=2)
    assert result.returncode == 0, result.stderr[-5000:]
    results = tmp_path / "results"
    assert len(HITS.read(results / f"lartpc/hits/{example}/000.parquet")) == 2
    clusters = CLUSTERS.read(results / f"lartpc/clusters/{example}/000.parquet")
    assert clusters["height"].max() == longest
    assert len(TRACKS.read(results / f"lartpc/tracks/{example}/000.parquet")) > 0
    for figure in ("event", "clusters", "entry_windows"):
        assert (results / f"figures/lartpc/{figure}_{example}.png").is_file()
