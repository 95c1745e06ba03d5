"""The figure of all checks."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.verdicts import verdicts
from latentscape.lartpc.validation.checks import Check, as_table

looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def some_checks(number: int = 60) -> list[Check]:
    """Build checks of five groups whose deviations run from -3 to 3 tolerances."""
    groups = ["range", "dE/dx", "decay", "noise", "images"]
    deviation = np.linspace(-3, 3, number)
    return [
        Check(
            check=f"{groups[i % 5]} of case {i}",
            group=groups[i % 5],
            source="by hand",
            expected=1.0,
            measured=1.0 + 0.1 * deviation[i],
            uncertainty=0.02,
            tolerance=0.1,
            shift=0.2,
            cause="known" if i % 2 else "",
        )
        for i in range(number)
    ]


@looks_as_before
def test_verdicts_look_as_before() -> Figure:
    return verdicts(as_table(some_checks()))


def test_no_checks_give_a_figure_that_says_so() -> None:
    texts = [text for axes in verdicts(as_table([])).axes for text in axes.texts]
    assert [text.get_text() for text in texts] == ["no entries"]
