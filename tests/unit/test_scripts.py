"""Scripts of rules that no test runs still name what the package has."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "workflow" / "scripts").rglob("*.py"))


def imported(tree: ast.Module) -> dict[str, object]:
    """Return what a script imports from the package, by the name it has there."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("latentscape"):
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                if not hasattr(module, alias.name):
                    importlib.import_module(inside)
                found[alias.asname or alias.name] = getattr(module, alias.name)
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_names_nothing_that_is_not_there(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = imported(tree)
    used = [
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    modules = {name: value for name, value in names.items() if isinstance(value, ModuleType)}
    missing = [(n, a) for n, a in used if n in modules and not hasattr(modules[n], a)]
    assert not missing
