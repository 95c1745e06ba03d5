"""A change of code reruns what depends on it, and nothing before it."""

import re
from pathlib import Path

import pytest

from .conftest import run_workflow, tiny_config

BEFORE_FEATURES = {"simulate_beam", "extract_hits", "find_clusters", "cut_clusters", "match_planes"}
PLANNED = re.compile(r"^(\w+) +\d+$", re.MULTILINE)


def planned(tiny: Path, project: Path) -> set[str]:
    """Return the rules that would run again."""
    result = run_workflow(tiny, tiny_config(), "--dry-run", root=project)
    assert result.returncode == 0, result.stderr
    return set(PLANNED.findall(result.stdout + result.stderr)) - {"all", "total"}


def touch_function(project: Path, module: str, function: str) -> None:
    """Add a statement to a function, as a developer who changes it would."""
    path = project / "latentscape" / module
    text = path.read_text("utf-8")
    pattern = re.compile(
        rf"^def {function}\(.*?\n\) -> .*?:\n|^def {function}\(.*?:\n", re.MULTILINE | re.DOTALL
    )
    found = pattern.search(text)
    assert found, f"{module} has no function {function}"
    path.write_text(text[: found.end()] + "    _ = 0\n" + text[found.end() :], "utf-8")


def test_unchanged_code_reruns_nothing(tiny: Path, project: Path) -> None:
    assert planned(tiny, project) == set()


def test_a_changed_comment_or_docstring_reruns_nothing(tiny: Path, project: Path) -> None:
    path = project / "latentscape" / "lartpc" / "features.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"""', '"""Reworded. ', 1) + "\n# A remark.\n", "utf-8")
    assert planned(tiny, project) == set()


@pytest.mark.parametrize(
    ("module", "function", "first", "then", "never"),
    [
        (
            "lartpc/features.py",
            "compute_features",
            "compute_features",
            {"correlate_latents", "summarise_feature_gaps"},
            {*BEFORE_FEATURES, "make_images", "train_model", "infer_latents"},
        ),
        (
            "lartpc/simulation/response.py",
            "ionisation_electrons",
            "simulate_beam",
            {"extract_hits", "make_images", "train_model", "compute_features"},
            set(),
        ),
        (
            "learning/losses.py",
            "kl_divergence",
            "train_model",
            {"infer_latents", "correlate_latents", "probe_latents"},
            {*BEFORE_FEATURES, "make_images", "compute_features", "split_data"},
        ),
        (
            "evaluation/probes.py",
            "probe",
            "probe_latents",
            {"plot_probes"},
            {*BEFORE_FEATURES, "make_images", "train_model", "infer_latents", "map_latents"},
        ),
        (
            "figures/training.py",
            "loss_curves",
            "plot_losses",
            set(),
            {*BEFORE_FEATURES, "make_images", "train_model", "infer_latents", "probe_latents"},
        ),
        (
            "keys.py",
            "join",
            "infer_latents",
            {"score_hypotheses", "split_data", "train_model", "correlate_latents", "plot_map"},
            set(),
        ),
    ],
    ids=["lartpc", "simulation", "learning", "evaluation", "figures", "root"],
)
def test_a_touched_function_reruns_its_rule_and_what_follows(
    tiny: Path,
    project: Path,
    module: str,
    function: str,
    first: str,
    then: set[str],
    never: set[str],
) -> None:
    touch_function(project, module, function)
    rules = planned(tiny, project)
    assert {first, *then} <= rules
    assert not rules & never


@pytest.mark.parametrize(
    ("module", "function", "rule"),
    [
        ("beam.py", "beam_spectrum", "plot_beam"),
        ("gallery.py", "gallery", "plot_gallery"),
    ],
)
def test_a_touched_figure_of_the_study_reruns_its_own_plot_alone(
    tiny: Path, project: Path, module: str, function: str, rule: str
) -> None:
    touch_function(project, f"lartpc/figures/{module}", function)
    assert planned(tiny, project) == {rule}
