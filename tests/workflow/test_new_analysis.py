"""The worked example of the documentation does what it says, as it stands there."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from latentscape.lartpc.tables.models import LATENTS

from .conftest import ROOT, run_workflow, tiny_config

PAGE = ROOT / "docs" / "how-to" / "new-analysis.md"
FILES = re.compile(r"^`([\w/]+\.(?:py|smk))`\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_new_analysis_of_the_documentation_runs(tiny: Path, project: Path, tmp_path: Path):
    blocks = FILES.findall(PAGE.read_text("utf-8"))
    assert len(blocks) == 4
    for name, code in blocks:
        path = project / name
        before = path.read_text("utf-8") + "\n\n" if path.exists() else ""
        path.write_text(before + code, "utf-8")
    folder = tmp_path / "run"
    shutil.copytree(tiny / "results" / "lartpc" / "latents", folder / "results/lartpc/latents")
    table = "results/lartpc/tables/radii_reference.tsv"
    result = run_workflow(
        folder, tiny_config(), "--allowed-rules", "measure_radii", "--", table, root=project
    )
    assert result.returncode == 0, result.stderr[-3000:]
    radii = pd.read_csv(folder / table, sep="\t").set_index(["seed", "sample"])["radius"]
    latents = LATENTS.read(sorted(folder.glob("results/lartpc/latents/reference/*.parquet")))
    protons = latents[(latents["seed"] == 0) & (latents["sample"] == "proton")]
    lengths = np.sqrt(np.square(np.stack(protons["mean"].to_list())).sum(axis=1))
    assert abs(radii[0, "proton"] - np.median(lengths)) < 1e-5 * np.median(lengths)
    assert len(radii) == latents[["seed", "sample"]].drop_duplicates().shape[0]
