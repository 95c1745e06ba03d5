"""Configuration and detector files: YAML that cannot grow without bounds."""

from pathlib import Path
from typing import Any

import yaml

from latentscape.errors import InputError, reading

# Values of a file, each alias counted in full.
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
        content = yaml.safe_load(Path(path).read_text("utf-8"))
        if not isinstance(content, dict):
            raise InputError(f"{path}: holds no keys.")
        _count_values(content, {})
    return content


def _count_values(content: Any, counted: dict[int, int]) -> int:
    """Return how many values a structure stands for, and refuse too many.

    An alias is not a copy for the reader of YAML, but it is for all that walk through the result.
    """
    if not isinstance(content, dict | list):
        return 1
    if id(content) not in counted:
        counted[id(content)] = _TOO_MANY  # for what contains itself
        inside = content.values() if isinstance(content, dict) else content
        counted[id(content)] = 1 + sum(_count_values(value, counted) for value in inside)
    if counted[id(content)] >= _TOO_MANY:
        raise InputError(f"its aliases stand for more than {_TOO_MANY:,} values.")
    return counted[id(content)]
