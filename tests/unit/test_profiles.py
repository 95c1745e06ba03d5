"""The profile for SLURM fits the rules, and takes what a user sets from one place."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yte
from snakemake.cli import parse_args

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "workflow" / "profiles"
RULE = re.compile(
    r"^(?:use )?rule (\w+)(?: as (\w+) with)?:\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL
)
TEXTS = [path.read_text("utf-8") for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
# A rule that is made from another one has that one's directives.
BODIES = {
    copy or name: body for text in TEXTS for name, copy, body in RULE.findall(text) if not copy
}
COPIES = {copy: name for text in TEXTS for name, copy, _ in RULE.findall(text) if copy}
RULES = {**BODIES, **{copy: BODIES[name] for copy, name in COPIES.items()}}
GROUPS = {
    name: found[1]
    for name, body in RULES.items()
    if (found := re.search(r'group:\s+"(\w+)"', body))
}


def slurm_profile(**changes: str) -> dict[str, Any]:
    """Return the profile as Snakemake reads it, with some of the user's settings changed."""
    text = (PROFILES / "slurm" / "config.yaml").read_text("utf-8")
    for name, value in changes.items():
        text, count = re.subn(rf"^  {name}: .*$", f"  {name}: {value}", text, flags=re.MULTILINE)
        assert count == 1
    profile: dict[str, Any] = yte.process_yaml(io.StringIO(text), require_use_yte=True)
    return profile


def growing() -> Callable[[int], Callable[..., int]]:
    """Return the function of the rules that makes requests grow."""
    text = (ROOT / "workflow" / "rules" / "common.smk").read_text("utf-8")
    source = re.search(r"^def growing.*?(?=^\S)", text, re.MULTILINE | re.DOTALL)
    assert source
    names: dict[str, Any] = {}
    exec(source[0], names)
    function: Callable[[int], Callable[..., int]] = names["growing"]
    return function


# Heavier rules, one job each.
ALONE = {"simulate_beam", "extract_hits", "simulate_closure"}


def test_every_rule_asks_for_memory_and_time_that_grow() -> None:
    requests = re.compile(r"mem_mb=growing\(\d+\),\s+runtime=(growing\(\d+\)|minutes_to_hash),")
    assert len(RULES) > 100
    assert not [name for name, body in RULES.items() if not requests.search(body)]


def test_a_request_grows_with_each_attempt() -> None:
    request = growing()(1500)
    assert [request(None, attempt=number) for number in (1, 2, 3)] == [1500, 3000, 4500]


def test_every_rule_is_submitted_in_a_group_or_alone_or_not_at_all() -> None:
    local = {name for name, body in RULES.items() if "localrule: True" in body}
    ways = {name: [name in GROUPS, name in ALONE, name in local] for name in RULES}
    assert not [name for name, chosen in ways.items() if sum(chosen) != 1]


def test_the_groups_of_the_rules_are_those_of_the_profile() -> None:
    assert set(slurm_profile()["group-components"]) == set(GROUPS.values())


def test_the_profile_names_rules_that_exist() -> None:
    assert {*slurm_profile()["set-resources"]} <= set(RULES)


def test_each_rule_with_a_gpu_shares_it() -> None:
    with_gpu = {name for name, body in RULES.items() if re.search(r"\bgpu=1", body)}
    shared = slurm_profile()["set-resources"]
    assert set(shared) == with_gpu
    assert {name: GROUPS[name] for name in with_gpu} == dict.fromkeys(with_gpu, "trainings")
    assert all(asked == {"gpu": 0, "gres": "gpu:1"} for asked in shared.values())


def test_the_users_settings_reach_what_is_submitted() -> None:
    profile = slurm_profile(
        account="physics",
        partition="batch",
        gpu_partition="accelerated",
        gpu="gpu:a100:1",
        trainings_per_gpu="7",
    )
    assert profile["default-resources"] == {"slurm_account": "physics", "slurm_partition": "batch"}
    asked = {"gpu": 0, "gres": "gpu:a100:1", "slurm_partition": "accelerated"}
    assert profile["set-resources"]["train_model"] == asked
    assert profile["group-components"]["trainings"] == 7


def test_without_a_gpu_trainings_ask_for_none() -> None:
    assert slurm_profile(gpu='""')["set-resources"]["train_model"] == {"gpu": 0}


@pytest.mark.parametrize("name", ["default", "slurm"])
def test_snakemake_knows_every_key_of_a_profile(name: str) -> None:
    parser, arguments = parse_args(["--workflow-profile", str(PROFILES / name)])
    known = {option.lstrip("-") for action in parser._actions for option in action.option_strings}
    with (PROFILES / name / "config.yaml").open(encoding="utf-8") as stream:
        profile = yte.process_yaml(stream, require_use_yte=True)
    assert set(profile) <= known
    assert arguments.scheduler == "greedy"
