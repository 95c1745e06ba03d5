"""Real files are hashed before they are read, and held against the list that the user gave."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from latentscape.checksums import INPUT_FILES
from latentscape.digests import sha256

from .conftest import run_workflow
from .test_bad_input import CONFIG, write_tree

RECORD = "results/lartpc/inputs/{}.tsv"
HITS = "results/lartpc/hits/{}/000.parquet"


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    """Return the configuration of two real samples."""
    sample = CONFIG["samples"]["proton"]
    for name in ("good", "bad"):
        write_tree(tmp_path / f"{name}.root")
    samples = {name: {**sample, "files": [f"{name}.root"]} for name in ("good", "bad")}
    models = {"reference": {"trained_on": ["good"]}}
    return {**CONFIG, "samples": samples, "models": models, "checksums": "SHA256SUMS"}


def list_files(folder: Path, names: Sequence[str]) -> None:
    lines = [f"{sha256(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def test_a_file_that_is_not_listed_stops_all(config: dict[str, Any], tmp_path: Path) -> None:
    list_files(tmp_path, ["good.root"])
    result = run_workflow(tmp_path, config, "--dry-run", HITS.format("good"))
    assert result.returncode != 0
    assert "config: checksums: SHA256SUMS does not list 'bad.root'" in result.stdout + result.stderr


def test_a_file_is_read_only_if_its_digest_is_the_listed_one_and_hashed_once(
    config: dict[str, Any], tmp_path: Path
) -> None:
    list_files(tmp_path, ["good.root", "bad.root"])
    listed = sha256(tmp_path / "bad.root")
    content = bytearray((tmp_path / "bad.root").read_bytes())
    content[-40] ^= 1
    (tmp_path / "bad.root").write_bytes(content)

    targets = [RECORD.format("good"), HITS.format("bad")]
    result = run_workflow(tmp_path, config, "--keep-going", *targets)

    assert result.returncode != 0
    found = sha256(tmp_path / "bad.root")
    message = f"bad: bad.root: its SHA-256 is {found}, but SHA256SUMS says {listed}."
    assert message in (tmp_path / "results/logs/hash_inputs/bad.log").read_text("utf-8")
    assert not (tmp_path / RECORD.format("bad")).exists()
    assert not (tmp_path / targets[1]).exists()
    (row,) = INPUT_FILES.read_tsv(tmp_path / targets[0]).to_dict("records")
    size = (tmp_path / "good.root").stat().st_size
    assert row == {"file": "good.root", "bytes": size, "sha256": sha256(tmp_path / "good.root")}

    # Another digest makes a record anew, another line of the list alone does not.
    changed = f"{found}  good.root\n{found}  bad.root\n{found}  another.root\n"
    (tmp_path / "SHA256SUMS").write_text(changed, "utf-8")
    again = run_workflow(tmp_path, config, "--dry-run", targets[0])
    reasons = re.findall("Reason: (.*)", again.stdout + again.stderr)
    assert [reason.split(":")[0] for reason in reasons] == [
        "Params have changed since last execution"
    ]
