"""Random seeds that are derived, never drawn."""

import hashlib
import json


def seed_for(base: int, *names: object) -> int:
    """Return a seed of its own for whatever the names name.

    It depends on the base seed and on the names' text alone: not on the platform, the Python
    version, the type of an integer, or on which other seeds are asked for.

    Parameters
    ----------
    base : int
        The configuration's seed.
    *names : object
        What the seed is for: a rule and its wildcards, the key of a row, an epoch.

    Returns
    -------
    int
        0 ≤ seed < 2³¹, which every random generator takes.
    """
    text = json.dumps([int(base), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1
