"""Ways to damage a file."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import yaml

Rng = np.random.Generator
Mutation = Callable[[bytes, Rng], bytes]

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63)
ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, float("nan"), float("inf"), "", "x" * 5000, "\x00", [], {},
    [[]], {"a": {"b": []}}, "2024-13-45", -0.5, "../../etc/passwd", [None], "data/*.root",
)  # fmt: skip
ODD_CELLS = (
    "",
    "nan",
    "inf",
    "-1",
    "1e400",
    "0x10",
    "9" * 30,
    '"',
    "1;2;",
    ";",
    "1,2",
    "\x00",
    "µ",
)
# Twelve lines that stand for 9^11 values.
ALIASES = b"a0: &a0 [1]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)
)
ODD_TEXTS = (
    b"a: &a [*a]\n",
    b"a: &a {b: *a}\n",
    b"[" * 1000,
    b"a: !!python/object/apply:os.getcwd []\n",
    b"a: 2024-13-45\n",
    b"? [1, 2]\n: 3\n",
    b"\xff\xfe\x00",
    ALIASES,
)  # fmt: skip


def flip_bits(content: bytes, rng: Rng) -> bytes:
    """Flip one to four bits."""
    mutant = bytearray(content)
    for place in rng.integers(0, len(mutant), rng.integers(1, 5)):
        mutant[place] ^= 1 << int(rng.integers(8))
    return bytes(mutant)


def overwrite_run(content: bytes, rng: Rng) -> bytes:
    """Put noise in place of up to 64 bytes."""
    start, stop = _range(content, rng, 64)
    return content[:start] + rng.bytes(stop - start) + content[stop:]


def truncate(content: bytes, rng: Rng) -> bytes:
    """Cut the end off."""
    return content[: int(rng.integers(0, len(content)))]


def insert(content: bytes, rng: Rng) -> bytes:
    """Put up to 32 bytes of noise in between."""
    start = int(rng.integers(0, len(content) + 1))
    return content[:start] + rng.bytes(int(rng.integers(1, 33))) + content[start:]


def delete(content: bytes, rng: Rng) -> bytes:
    """Take up to 64 bytes out."""
    start, stop = _range(content, rng, 64)
    return content[:start] + content[stop:]


def swap_blocks(content: bytes, rng: Rng) -> bytes:
    """Let two blocks of the same size change places."""
    size = int(rng.integers(1, max(2, min(4096, len(content) // 3))))
    first, second = sorted(int(n) for n in rng.integers(0, len(content) - size + 1, 2))
    second = min(max(second, first + size), len(content) - size)
    if second < first + size:
        return delete(content, rng)
    blocks = content[first : first + size], content[second : second + size]
    between = content[first + size : second]
    return content[:first] + blocks[1] + between + blocks[0] + content[second + size :]


def zero_block(content: bytes, rng: Rng) -> bytes:
    """Put zeros in place of a block, as a disk does."""
    start, stop = _range(content, rng, 4096)
    return content[:start] + bytes(stop - start) + content[stop:]


def splice(content: bytes, rng: Rng, *, other: bytes) -> bytes:
    """Put the end of another valid file behind the beginning of this one."""
    place = int(rng.integers(0, len(content)))
    return content[:place] + other[min(place, len(other)) :]


def extreme_length(content: bytes, rng: Rng) -> bytes:
    """Put an extreme number where a length may stand."""
    size = int(rng.choice([1, 2, 4, 8]))
    value = int(EXTREMES[rng.integers(len(EXTREMES))]) & (2 ** (8 * size) - 1)
    start = int(rng.integers(0, max(1, len(content) - size)))
    order = "big" if rng.integers(2) else "little"
    return content[:start] + value.to_bytes(size, order) + content[start + size :]


def change_yaml(content: bytes, rng: Rng) -> bytes:
    """Remove, rename, repeat or replace a value of a YAML file, or put odd text behind it."""
    if rng.integers(4) == 0:
        return content + b"\n" + ODD_TEXTS[rng.integers(len(ODD_TEXTS))]
    tree = yaml.safe_load(content)
    places = list(_places(tree))
    holder, key = places[rng.integers(len(places))]
    other_holder, other_key = places[rng.integers(len(places))]
    match int(rng.integers(5)):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[str(key) + "_"] = holder.pop(key)
        case 2:
            holder[key] = yaml.safe_load(yaml.safe_dump(other_holder[other_key]))
        case 3:
            holder[key] = [holder[key]] * 3
        case _:
            holder[key] = ODD_VALUES[rng.integers(len(ODD_VALUES))]
    return yaml.safe_dump(tree, sort_keys=False).encode()


def change_cell(content: bytes, rng: Rng) -> bytes:
    """Put an odd text into a cell of a CSV file, or repeat one of its lines."""
    text = content.decode()
    rows = list(csv.reader(io.StringIO(text)))
    row = rows[rng.integers(len(rows))]
    if rng.integers(6) == 0:
        rows.append(row)
    else:
        row[rng.integers(len(row))] = ODD_CELLS[rng.integers(len(ODD_CELLS))]
    changed = io.StringIO()
    csv.writer(changed, lineterminator="\n").writerows(rows)
    return changed.getvalue().encode()


GENERAL: tuple[Mutation, ...] = (
    flip_bits,
    overwrite_run,
    truncate,
    insert,
    delete,
    swap_blocks,
    zero_block,
    extreme_length,
)


def mutate(
    content: bytes, other: bytes, rng: Rng, structured: tuple[Mutation, ...] = ()
) -> tuple[str, bytes]:
    """Return the name of a mutation and a mutant, which differs from both originals.

    Parameters
    ----------
    content, other : bytes
        Two valid files of one format.
    rng : Generator
        Source of chance.
    structured : tuple of functions
        Mutations that know the format, besides the general ones.
    """
    mutations = {mutation.__name__: mutation for mutation in (*GENERAL, *structured)}
    mutations["splice"] = partial(splice, other=other)
    # As many mutants by knowledge of the format as without.
    often = [mutation.__name__ for mutation in structured] * len(GENERAL)
    names = [*mutations, *often]
    while True:
        name = names[rng.integers(len(names))]
        mutant = mutations[name](content, rng)
        if mutant not in (content, other):
            return name, mutant


def _range(content: bytes, rng: Rng, longest: int) -> tuple[int, int]:
    start = int(rng.integers(0, len(content)))
    return start, min(len(content), start + int(rng.integers(1, longest + 1)))


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every mapping or list with each of its keys."""
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key])
