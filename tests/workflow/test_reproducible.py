"""The same configuration gives the same bytes, whatever the number of cores."""

from pathlib import Path

import pytest

from latentscape.crate.listing import METADATA
from latentscape.digests import sha256

from .conftest import run_workflow, tiny_config

COMPARED = (".parquet", ".safetensors", ".tsv", ".json")
# Every step from the beam to the scores, and the analyses whose libraries have threads of their
# own; the others are held to the byte by their unit tests, as are the figures.
TARGETS = (
    "results/lartpc/maps/reference.parquet",
    "results/lartpc/traversals/reference.safetensors",
    *(
        f"results/lartpc/tables/{name}.tsv"
        for name in (
            *("cut_flow", "feature_gaps", "stages", "anomaly_reference"),
            *("correlations_reference", "mixtures_reference", "probes_reference"),
        )
    ),
    *(f"results/lartpc/pid/{sample}.parquet" for sample in ("proton", "kaon")),
)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every result by its path.

    Benchmarks and the record of the run hold times and are left out.
    """
    results = folder / "results"
    return {
        str(path.relative_to(results)): sha256(path)
        for path in sorted(results.rglob("*"))
        if path.suffix in COMPARED
        and path.name != METADATA
        and not {"benchmarks", "provenance"} & set(path.parts)
    }


def test_two_runs_on_one_and_on_two_cores_are_byte_identical(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    result = run_workflow(tmp_path, tiny_config(), *TARGETS, cores=1)
    assert result.returncode == 0, result.stderr[-5000:]
    # Asked for only now, so that another worker can make it meanwhile.
    first, second = digests(request.getfixturevalue("tiny")), digests(tmp_path)
    assert len(second) > 50
    assert {path: first.get(path) for path in second} == second
