"""Configuration and detector files: YAML that cannot grow without bounds."""

from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from latentscape.errors import InputError, reading

# Keys and values of a file, each alias counted in full.
_TOO_MANY = 1_000_000


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read a mapping from a YAML file.

    Raises
    ------
    InputError
        If the file is missing, not YAML, holds no mapping, contains itself, or grows beyond a
        million values by aliases.
    """
    with reading(path, "not YAML"):
        text = Path(path).read_text("utf-8")
        # Before any value is made: merging (``<<``) copies what aliases stand for.
        _count_values(yaml.compose(text, yaml.SafeLoader), {})
        content = yaml.safe_load(text)
        if not isinstance(content, dict):
            raise InputError(f"{path}: holds no keys.")
    return content


def _count_values(node: yaml.Node | None, counted: dict[int, int]) -> int:
    """Return how many keys and values a part of a file stands for, and refuse too many.

    An alias is not a copy for the reader of YAML, but it is for all that walk through the result.
    """
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in counted:
        counted[id(node)] = _TOO_MANY  # for what contains itself
        is_mapping = isinstance(node, yaml.MappingNode)
        inside = chain.from_iterable(node.value) if is_mapping else node.value
        counted[id(node)] = 1 + sum(_count_values(value, counted) for value in inside)
    if counted[id(node)] >= _TOO_MANY:
        raise InputError(f"its aliases stand for more than {_TOO_MANY:,} values.")
    return counted[id(node)]
