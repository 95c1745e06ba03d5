"""What happens when a user gives something that cannot be used: one clear message."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from .conftest import run_workflow

WIRES, TICKS = 30, 64
SMALL_DETECTOR = Path(__file__).parent / "small_detector.yaml"
CONFIG: dict[str, Any] = {
    "detector": str(SMALL_DETECTOR),
    "samples": {"proton": {"species": "proton", "files": ["raw.root"], "tree": "ana/raw"}},
    "models": {"reference": {"trained_on": ["proton"], "training": {"epochs": 1}}},
}


def a_track(events: int) -> np.ndarray:
    """Return events of two planes with a straight track of 20 wires and rising charge."""
    planes = np.zeros((events, 2 * WIRES, TICKS), dtype=np.int16)
    for wire in range(20):
        planes[:, [2 + wire, WIRES + 2 + wire], 20 + wire] = 50 + 5 * wire
    return planes


def write_tree(
    path: Path, *, name: str = "ana/raw", events: int = 3, **branches: np.ndarray | None
) -> None:
    """Write a flat raw tree; a branch that is given replaces its own, None removes it."""
    content: dict[str, Any] = {
        "run": np.full(events, 1, dtype=np.int32),
        "subrun": np.zeros(events, dtype=np.int32),
        "event": np.arange(events, dtype=np.int32),
        "rawadc1": a_track(events).reshape(events, 2 * WIRES * TICKS),
        **branches,
    }
    content = {key: value for key, value in content.items() if value is not None}
    with uproot.update(path) if path.exists() else uproot.create(path) as file:
        file.mktree(name, {k: (v.dtype, v.shape[1:]) for k, v in content.items()})
        if events:
            file[name].extend(content)


def mapped(channels: np.ndarray, samples: int) -> dict[str, Any]:
    """Return the branches of a channel-mapped tree with one payload length for all events."""
    events = len(channels)
    return {
        "rawadc1": None,
        "raw_rawadc": np.zeros((events, samples), dtype=np.int16),
        "raw_channel": channels.astype(np.int32),
    }


ALL_CHANNELS = np.tile(np.arange(2 * WIRES), (3, 1))


def truncate(folder: Path) -> None:
    write_tree(folder / "raw.root", events=50)
    content = (folder / "raw.root").read_bytes()
    (folder / "raw.root").write_bytes(content[: len(content) // 2])


def two_trees(folder: Path) -> None:
    write_tree(folder / "raw.root", name="ana/raw")
    write_tree(folder / "raw.root", name="other/raw")


def with_side_table(kind: str, text: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        write_tree(folder / "raw.root")
        (folder / f"{kind}.csv").write_text(text, "utf-8")

    return prepare


def nothing(folder: Path) -> None:
    """Leave the folder as it is."""


def plain(folder: Path) -> None:
    write_tree(folder / "raw.root")


NOTHING = "results/**/*"
HITS = "results/lartpc/hits/proton/*"
BEAMLINE = "results/lartpc/beamline/proton.parquet"
CUT_FLOW = "results/lartpc/tables/cut_flow.tsv"


@dataclass(frozen=True)
class Case:
    """A mistake: how to make it, what the message must name, and what must not be made."""

    name: str
    prepare: Callable[[Path], None]
    says: tuple[str, ...]
    changes: dict[str, Any] | None = None
    target: str = "lartpc"
    never: str = HITS


def sample(**changes: Any) -> dict[str, Any]:
    return {"samples": {"proton": {**CONFIG["samples"]["proton"], **changes}}}


def model(**changes: Any) -> dict[str, Any]:
    return {"models": {"reference": {**CONFIG["models"]["reference"], **changes}}}


BEAMLINE_COLUMNS = "run,subrun,event,momentum,picky,mass\n"
CASES = [
    Case("missing_file", nothing, ("raw.root", "samples.proton.files"), never=NOTHING),
    Case(
        "not_a_root_file",
        lambda folder: (folder / "raw.root").write_text("hello", "utf-8") and None,
        ("raw.root", "ROOT"),
    ),
    Case("truncated_file", truncate, ("raw.root",)),
    Case(
        "missing_tree",
        lambda folder: write_tree(folder / "raw.root", name="ana/cooked"),
        ("raw.root", "ana/raw", "ana/cooked", "samples.proton.tree"),
    ),
    Case("ambiguous_tree", two_trees, ("raw.root", "ana/raw", "other/raw"), sample(tree="raw")),
    Case(
        "missing_branch",
        lambda folder: write_tree(folder / "raw.root", subrun=None),
        ("raw.root", "subrun"),
    ),
    Case("wrong_cycle", plain, ("raw.root", "ana/raw;7", "ana/raw;1"), sample(tree="ana/raw;7")),
    Case(
        "payload_not_divisible_by_channels",
        lambda folder: write_tree(folder / "raw.root", **mapped(ALL_CHANNELS, 60 * TICKS + 1)),
        ("raw.root", "raw_rawadc", "3841", "60"),
    ),
    Case(
        "channel_out_of_range",
        lambda folder: write_tree(folder / "raw.root", **mapped(ALL_CHANNELS + 5, 60 * TICKS)),
        ("raw.root", "raw_channel", "60"),
    ),
    Case(
        "zero_events",
        lambda folder: write_tree(folder / "raw.root", events=0),
        ("raw.root", "zero events", "samples.proton"),
    ),
    Case(
        "duplicated_event",
        lambda folder: write_tree(folder / "raw.root", event=np.zeros(3, dtype=np.int32)),
        ("raw.root", "(1, 0, 0)", "samples.proton.files"),
    ),
    Case(
        "nan_in_a_side_table",
        with_side_table("beamline", BEAMLINE_COLUMNS + "1,0,0,nan,1,938\n"),
        ("beamline.csv", "momentum"),
        sample(beamline="beamline.csv"),
        target=BEAMLINE,
        never=BEAMLINE,
    ),
    Case(
        "side_table_that_matches_no_event",
        with_side_table("beamline", BEAMLINE_COLUMNS + "9,9,9,500,1,938\n"),
        ("beamline.csv", "none of the 1 rows"),
        sample(beamline="beamline.csv"),
        target=BEAMLINE,
        never=BEAMLINE,
    ),
    Case(
        "unknown_species",
        plain,
        ("species", "protn", "proton"),
        sample(species="protn"),
        never=NOTHING,
    ),
    Case(
        "unknown_key", plain, ("samples.proton.tre", "tree"), sample(tre="ana/raw"), never=NOTHING
    ),
    Case(
        "unknown_activation",
        plain,
        ("activation", "rleu", "relu"),
        model(activation="rleu"),
        never=NOTHING,
    ),
    Case(
        "unknown_transform",
        plain,
        ("transform", "log2", "log1p"),
        model(transform="log2"),
        never=NOTHING,
    ),
    Case(
        "image_size_not_divisible",
        plain,
        ("channels", "40", "16"),
        {"lartpc": {"images": {"size": 40}}},
        never=NOTHING,
    ),
    Case(
        "no_event_after_cuts",
        plain,
        ("proton", "height"),
        {"lartpc": {"cuts": {"height": [25, 30]}}},
        target=CUT_FLOW,
        never=CUT_FLOW,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_ends_with_one_clear_message_and_no_output(case: Case, tmp_path: Path) -> None:
    case.prepare(tmp_path)
    result = run_workflow(tmp_path, {**deepcopy(CONFIG), **(case.changes or {})}, case.target)
    assert result.returncode != 0
    output = result.stdout + result.stderr
    lines = [line for line in output.splitlines() if all(word in line for word in case.says)]
    assert lines, f"no line names {case.says}:\n{output[-4000:]}"
    assert "Traceback" not in output
    assert not [path for path in tmp_path.glob(case.never) if path.is_file()]
    assert not list(tmp_path.rglob("*.part"))


def test_without_a_mistake_the_outputs_are_made(tmp_path: Path) -> None:
    with_side_table("beamline", BEAMLINE_COLUMNS + "1,0,0,500,1,938\n")(tmp_path)
    config = {**deepcopy(CONFIG), **sample(beamline="beamline.csv")}
    result = run_workflow(tmp_path, config, BEAMLINE, CUT_FLOW)
    assert result.returncode == 0, result.stderr[-4000:]
    assert all(list(tmp_path.glob(made)) for made in (HITS, BEAMLINE, CUT_FLOW))
