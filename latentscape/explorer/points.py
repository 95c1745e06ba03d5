"""What is known of each point of the page: quantities from several tables, joined by key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import check_unique, join, sort_by_key
from latentscape.tables import Table


@dataclass(frozen=True)
class Quantity:
    """One property of the points: an axis, a colour, a line beside a chosen point.

    Parameters
    ----------
    name : str
        Name of its column, unique among all quantities.
    text : str
        How it is called.
    unit : str
        Its unit, empty for a pure number.
    group : str
        Heading that it stands below.
    """

    name: str
    text: str
    unit: str
    group: str


@dataclass(frozen=True)
class Side:
    """A table that knows something of the points; points that it lacks have missing values.

    Parameters
    ----------
    table : DataFrame
        The key columns and one column per quantity, named as the quantity less ``prefix``.
    key : tuple of str
        Key of the table: that of the points, or its first columns.
    quantities : tuple of Quantity
        What is taken of it.
    prefix : str
        Put before the names of the columns where they would not be unique.
    """

    table: pd.DataFrame
    key: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    prefix: str = ""


@dataclass(frozen=True)
class Points:
    """The points of the page.

    Parameters
    ----------
    table : DataFrame
        The key columns and one column per quantity, sorted by key.
    key : tuple of str
        The key columns.
    quantities : tuple of Quantity
        All quantities, in the order in which they are listed.
    drawn_from : int
        How many points these were drawn from; 0 if they are all.
    """

    table: pd.DataFrame
    key: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    drawn_from: int = 0

    def sampled(self, number: int, *, seed: int) -> "Points":
        """Return at most this many points, drawn at random, still sorted by key."""
        if len(self.table) <= number:
            return self
        drawn = np.random.default_rng(seed).choice(len(self.table), number, replace=False)
        rows = self.table.iloc[np.sort(drawn)].reset_index(drop=True)
        return Points(rows, self.key, self.quantities, len(self.table))


def quantities_of(
    table: Table,
    group: str,
    names: Iterable[str] | None = None,
    *,
    texts: Mapping[str, str] | None = None,
    prefix: str = "",
) -> tuple[Quantity, ...]:
    """Return quantities with text and unit as a table declares them.

    Parameters
    ----------
    table : Table
        The declaration.
    group : str
        Heading.
    names : iterable of str or None
        Columns; all that are neither key nor list if not given.
    texts : mapping of str to str or None
        Shorter texts than the declared meaning of some columns.
    prefix : str
        Put before the names.

    Returns
    -------
    tuple of Quantity
    """
    columns = {column.name: column for column in table.columns}
    chosen = names or [
        name for name in columns if name not in table.key and "list<" not in columns[name].type
    ]
    shorter = texts or {}
    return tuple(
        Quantity(prefix + n, shorter.get(n, columns[n].meaning), columns[n].unit, group)
        for n in chosen
    )


def join_points(rows: pd.DataFrame, sides: Iterable[Side], *, key: Sequence[str]) -> Points:
    """Join what several tables know of the points.

    Parameters
    ----------
    rows : DataFrame
        Every point once: at least the key columns, in any order.
    sides : iterable of Side
        Tables with quantities. A point that a table lacks has missing values.
    key : sequence of str
        The key columns.

    Returns
    -------
    Points
        Sorted by key.

    Raises
    ------
    InputError
        If a key repeats, or two quantities have the same name.
    """
    check_unique(rows, key, what="points of the explorer")
    table = sort_by_key(rows[list(key)], key)
    quantities: list[Quantity] = []
    for side in sides:
        names = {q.name: q.name.removeprefix(side.prefix) for q in side.quantities}
        taken = {q.name for q in quantities} & set(names)
        if taken:
            raise InputError(f"explorer: two quantities are called {min(taken)!r}.")
        columns = side.table[[*side.key, *names.values()]]
        columns = columns.rename(columns={old: new for new, old in names.items()})
        table = join(
            table,
            columns,
            side.key,
            what=f"points of the explorer with {side.quantities[0].group}",
            how="left",
            relation="one_to_one" if side.key == tuple(key) else "many_to_one",
        )
        quantities.extend(side.quantities)
    return Points(table, tuple(key), tuple(quantities))
