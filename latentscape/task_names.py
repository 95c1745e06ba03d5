"""How tables, figures and rules call a task: the two labels that are to be told apart."""

from collections.abc import Sequence

VERSUS = " vs "


def name_of(task: Sequence[str]) -> str:
    """Return how the tables call a task: 'positive vs negative'."""
    return VERSUS.join(task)


def labels_of_task(name: str) -> tuple[str, str]:
    """Return the positive and the negative label of a task by its name."""
    positive, negative = name.split(VERSUS)
    return positive, negative
