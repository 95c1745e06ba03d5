"""What the figures of the stages show, on a small table made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.figures.stages import methods_compared, stage_dependence, threshold_scan
from latentscape.lartpc.validation.tables import STAGE_VARIANTS

LABELS = sample_labels({"proton": "proton", "kaon": "kaon"})
FACTORS = (0.5, 1.0, 2.0)
CLUSTERINGS = ("connected", "longest", "max_adc_ratio", "seeded")
BINS = {
    "kinetic_energy": ((50.0, 100.0), (100.0, 200.0)),
    "angle": ((0.0, 0.03), (0.03, 0.1)),
    "pile_up": ((0.0, 1.0), (1.0, 2.0), (2.0, np.inf)),
}
QUANTITIES = (
    ("all", "both", "efficiency"),
    ("matching", "both", "purity"),
    *(
        ("clusters", plane, quantity)
        for plane in ("induction", "collection")
        for quantity in (
            "efficiency",
            "purity",
            "charge_found",
            "charge_purity",
            "merges",
            "merges_daughters",
            "splits",
            "per_event",
        )
    ),
)
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def some_variants(samples=tuple(LABELS)):
    nothing = ("all", (np.nan, np.nan))
    variants = [
        *(
            (clustering, matching, 1.0, *nothing)
            for clustering in CLUSTERINGS
            for matching in ("greedy", "optimal")
        ),
        *(("connected", "greedy", factor, *nothing) for factor in FACTORS if factor != 1),
        *(
            ("connected", "greedy", 1.0, name, bounds)
            for name, bins in BINS.items()
            for bounds in bins
        ),
    ]
    rng = np.random.default_rng(2)
    rows = []
    for sample in samples:
        for clustering, matching, factor, binned_by, (low, high) in variants:
            for stage, plane, quantity in QUANTITIES:
                value = rng.uniform(0.3, 0.9) * (40 / factor**3 if quantity == "per_event" else 1)
                variant = (sample, clustering, matching, factor, binned_by, low, high)
                measured = (value, 0.9 * value, 1.05 * value, 25, "What it says")
                rows.append((*variant, stage, plane, quantity, *measured))
    names = [column.name for column in STAGE_VARIANTS.columns]
    return STAGE_VARIANTS.check(pd.DataFrame(rows, columns=names))


@looks_as_before
def test_efficiency_against_purity_of_each_method_looks_as_before():
    return methods_compared(some_variants(), labels=LABELS)


@looks_as_before
def test_threshold_scan_looks_as_before():
    return threshold_scan(some_variants(), labels=LABELS)


@looks_as_before
def test_dependence_on_energy_angle_and_pile_up_looks_as_before():
    return stage_dependence(some_variants(), labels=LABELS)


def test_scan_shows_the_value_at_each_threshold_of_the_configured_methods():
    variants = some_variants(samples=("proton",))
    figure = threshold_scan(variants, labels=LABELS)
    scanned = variants[
        (variants["clustering"] == "connected")
        & (variants["matching"] == "greedy")
        & (variants["binned_by"] == "all")
        & (variants["stage"] == "all")
    ]
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == list(FACTORS)
    assert line.get_ydata().tolist() == scanned["value"].tolist()


def test_open_bin_of_pile_up_is_named_by_its_lower_end():
    figure = stage_dependence(some_variants(), labels=LABELS)
    names = [text.get_text() for text in figure.axes[-1].get_xticklabels()]
    assert names == ["0", "1", "≥ 2"]


@pytest.mark.parametrize("draw", [methods_compared, threshold_scan, stage_dependence])
def test_without_variants_every_panel_says_so(draw):
    figure = draw(STAGE_VARIANTS.empty(), labels=LABELS)
    assert all(axes.texts[0].get_text() == "no entries" for axes in figure.axes)


def test_samples_that_are_not_configured_are_refused():
    with pytest.raises(InputError, match="label 'deuteron' is not one of proton, kaon"):
        threshold_scan(some_variants(samples=("deuteron",)), labels=LABELS)
