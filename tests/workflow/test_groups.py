"""What is submitted together to a cluster does not wait for itself."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

from tests.unit.test_profiles import GROUPS

from .conftest import run_workflow, tiny_config


def test_groups_of_rules_depend_on_each_other_in_one_direction(tmp_path: Path) -> None:
    config = tiny_config(
        sweeps={"capacity": {"base": "reference", "axes": {"latent": [2, 4]}, "seeds": 2}}
    )
    targets = ("all", "validation", "sweeps", "--forceall", "--rulegraph", "dot")
    graph = run_workflow(tmp_path, config, *targets).stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', graph))
    groups = {name: f"group {group}" for name, group in GROUPS.items()}
    submitted = {number: groups.get(name, name) for number, name in names.items()}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for before, after in re.findall(r"(\d+) -> (\d+)", graph):
        if submitted[before] != submitted[after]:
            sorter.add(submitted[after], submitted[before])
    order = list(sorter.static_order())
    assert order.index("group shards") < order.index("group trainings") < order.index("all")
