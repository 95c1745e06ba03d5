"""Fingerprints of code: what a rule's result depends on besides its inputs.

Snakemake reruns a rule when its script changes, but does not look into the modules
which the script imports. Each rule therefore carries a fingerprint as a parameter.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def fingerprint(script: str | Path, root: str | Path) -> str:
    """Return a digest of a script's package modules, direct and indirect.

    Comments, docstrings and layout do not count, so that only a change of what the
    code does reruns a rule.

    Parameters
    ----------
    script : path
        The script of a rule.
    root : path
        The folder that holds the package folder ``latentscape``.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for module in reached_modules(script, root):
        digest.update(_without_words(module.read_text("utf-8")))
        for data in named_data(module):
            digest.update(data.read_bytes())
    return digest.hexdigest()[:16]


def reached_modules(script: str | Path, root: str | Path) -> list[Path]:
    """Return the package's modules that a script imports, directly or through others, sorted."""
    root = Path(root)
    reached: set[Path] = set()
    waiting = [Path(script)]
    while waiting:
        for module in imported_modules(waiting.pop(), root):
            if module not in reached:
                reached.add(module)
                waiting.append(module)
    return sorted(reached)


def named_data(module: Path) -> list[Path]:
    """Return the data files beside a module (a style sheet, say) that it mentions by name."""
    text = module.read_text("utf-8")
    beside = (path for path in module.parent.iterdir() if path.suffix != ".py")
    return sorted(path for path in beside if path.name in text and path.is_file())


def imported_modules(file: Path, root: Path) -> Iterator[Path]:
    """Yield the package's modules that one file imports, wherever in the file."""
    for name in _imported_names(file.read_text("utf-8")):
        path = root.joinpath(*name.split("."))
        if path.with_suffix(".py").is_file():
            yield path.with_suffix(".py")
        elif (path / "__init__.py").is_file():
            yield path / "__init__.py"


# Many scripts reach the same modules. The text is the key, so a changed file is read anew.
@cache
def _imported_names(text: str) -> tuple[str, ...]:
    """Return the names below the package that a module imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from package import name` may name a module or something inside one.
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in names if name.split(".")[0] == "latentscape")


@cache
def _without_words(text: str) -> bytes:
    """Return what a module does: its syntax tree without docstrings, comments and layout."""
    tree = ast.parse(text)
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree).encode()
