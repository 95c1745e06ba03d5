"""Figures of the expected curves and of the templates' offsets."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures import curves as figures
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, SPECIES
from latentscape.lartpc.validation.tables import CANDIDATES, TEMPLATE_OFFSETS

looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)

POWER_LAW = {"proton": 17.0, "kaon": 13.0, "pion": 8.0, "muon": 7.0, "deuteron": 24.0}


def power_laws(ranges, *, factor=1.0):
    """Return A r^-0.42, near enough to a stopping particle for a picture."""
    frames = [
        pd.DataFrame(
            {"species": name, "residual_range": ranges, "dedx": factor * a * ranges**-0.42}
        )
        for name, a in POWER_LAW.items()
    ]
    return pd.concat(frames, ignore_index=True)


def expected_curves():
    curve = power_laws(np.geomspace(0.3, 60, 50))
    lower = 1 - 0.03 * np.log1p(curve["residual_range"])
    return EXPECTED_DEDX.check(curve.assign(most_probable=curve["dedx"] * lower, landau_width=0.2))


def offsets(bins=40):
    rng = np.random.default_rng(3)
    ranges = np.linspace(1, 25, bins)
    frames = []
    for name in SPECIES[:4]:
        error = np.full(bins, 0.01)
        causes = {cause: -0.004 * (i - 2) for i, cause in enumerate(CANDIDATES)}
        frames.append(
            pd.DataFrame(
                {
                    "species": name,
                    "residual_range": ranges,
                    "offset": rng.normal(-0.015, error),
                    "error": error,
                    **causes,
                }
            )
        )
    return TEMPLATE_OFFSETS.concatenate(frames)


@looks_as_before
def test_expected_loss_looks_as_before():
    return figures.expected_loss(expected_curves(), power_laws(np.geomspace(0.6, 25, 8)))


@looks_as_before
def test_template_offsets_look_as_before():
    return figures.template_offsets(offsets())


def test_lower_panel_shows_the_deviation_of_the_tables_in_percent():
    points = power_laws(np.geomspace(0.6, 25, 8), factor=1.01)
    _, below = figures.expected_loss(expected_curves(), points).axes
    dots = [line for line in below.lines if line.get_marker() == "."]
    assert len(dots) == len(SPECIES)
    for line in dots:
        np.testing.assert_allclose(line.get_ydata(), 1.0, atol=1e-6)


def test_means_of_bins_are_weighted_by_their_errors():
    # three bins make one mean: weights 1, 1, 4 of the offsets 0, 0.03, 0.03
    bins = (
        offsets(3)
        .query("species == 'proton'")
        .assign(offset=[0.0, 0.03, 0.03], error=[0.02, 0.02, 0.01])
    )
    axes = figures.template_offsets(bins).axes[0]
    (points,) = [container.lines[0] for container in axes.containers]
    assert points.get_ydata() == pytest.approx([2.5])


def test_every_candidate_has_a_line_in_every_panel():
    figure = figures.template_offsets(offsets())
    for axes in figure.axes:
        assert len([line for line in axes.lines if len(line.get_xdata()) == 40]) == len(CANDIDATES)


def test_figure_without_templates_says_so():
    figure = figures.template_offsets(TEMPLATE_OFFSETS.empty())
    assert "no entries" in [text.get_text() for text in figure.axes[0].texts]
