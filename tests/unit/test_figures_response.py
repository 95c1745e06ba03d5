"""What the figures of the detector's response show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.response import (
    calorimetry_pulls,
    drift_and_noise,
    pulse_heights,
    recombination_curves,
)
from latentscape.lartpc.recombination import birks, modified_box
from latentscape.lartpc.validation.quantities import measurement
from latentscape.lartpc.validation.tables import PULLS, PULSE_HEIGHTS, RESPONSE

looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)
PLANES = ("collection", "induction")


def recombination_rows():
    curve = np.linspace(2, 30, 30)
    for name, survival in (("box", modified_box), ("Birks", birks)):
        for dedx in (2.1, 10.0):
            value = float(survival(dedx))
            yield measurement(f"{name} survival", value, at=dedx, expected=value, tolerance=1e-3)
        for dedx, value in zip(curve, survival(curve), strict=True):
            yield measurement(f"{name} survival", value, at=dedx)
    for dedx, ratio in zip(curve, modified_box(curve) / birks(curve) - 1, strict=True):
        yield measurement("box against Birks", ratio, at=dedx, uncertainty=0.01)


def drift_rows():
    for distance in (5.0, 20.0, 40.0):
        variance, shared = 0.24 * distance, 0.027 * np.sqrt(distance)
        yield measurement(
            "longitudinal variance",
            1.02 * variance,
            plane="collection",
            at=distance,
            expected=variance,
        )
        for plane in PLANES:
            yield measurement(
                "shared charge", shared, plane=plane, at=distance, expected=1.05 * shared
            )


def noise_rows():
    rng = np.random.default_rng(1)
    for plane, level in zip(PLANES, (1.2e-3, 3e-4), strict=True):
        for frequency in np.linspace(50, 3850, 30):
            yield measurement(
                "power density",
                level * (1 + 0.02 * rng.standard_normal()),
                plane=plane,
                at=frequency,
                uncertainty=0.02 * level,
                expected=level,
            )


def a_response():
    rows = [*recombination_rows(), *drift_rows(), *noise_rows()]
    return RESPONSE.check(pd.DataFrame(rows))


def a_pulls_table(tracks=40, wires=50):
    rng = np.random.default_rng(2)
    event, wire = np.divmod(np.arange(tracks * wires), wires)
    true = rng.uniform(2, 30, len(event))
    pull = rng.standard_normal(len(event))
    end = rng.standard_normal(tracks)[event]
    charge = true * (1 - 0.0005 * true * rng.random(len(event)))
    return PULLS.check(
        pd.DataFrame(
            {
                "species": "kaon",
                "event": event,
                "wire": wire,
                "is_end": (wire == 0) | (wire == wires - 1),
                "true_residual_range": (wires - wire).astype(float),
                "true_dedx": true,
                "charge_dedx": charge,
                "delta_share": np.where(wire % 3 == 0, 0.1, 0.0),
                "predicted_bias": -0.0003 * true,
                "residual_range": wires - wire + 0.15 * end,
                "dedx": charge * (1 + 0.03 * pull),
                "is_found": rng.random(len(event)) > 0.02,
                "dedx_pull": pull,
                "deposit_pull": pull + np.where(wire % 3 == 0, 1.5, 0.0),
                "residual_range_pull": end,
            }
        )
    )


def a_pulse_height_table():
    rng = np.random.default_rng(3)
    rows = []
    for plane, target in zip(PLANES, (480.0, 250.0), strict=True):
        heights = target * 0.8 + rng.gamma(3, 0.1 * target, 4000)
        counts, edges = np.histogram(heights, np.arange(0, 2000, 20))
        rows.append(
            {
                "plane": plane,
                "wires": len(heights),
                "most_probable": 1.02 * target,
                "uncertainty": 6.0,
                "bandwidth": 20.0,
                "expected": target,
                "tolerance": 0.1 * target,
                "edges": edges.astype(float),
                "counts": counts.astype(np.int32),
            }
        )
    return PULSE_HEIGHTS.check(pd.DataFrame(rows))


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


@looks_as_before
def test_recombination_curves():
    return recombination_curves(a_response())


@looks_as_before
def test_drift_and_noise():
    return drift_and_noise(a_response())


@looks_as_before
def test_calorimetry_pulls():
    return calorimetry_pulls(a_pulls_table())


@looks_as_before
def test_pulse_heights():
    return pulse_heights(a_pulse_height_table())


def test_both_models_are_named_beside_the_numbers_by_hand():
    top = recombination_curves(a_response()).axes[0]
    assert legend_of(top) == ["modified box", "Birks", "worked out by hand"]


def test_pulls_are_of_found_hits_with_mean_and_width_in_the_legend():
    table = a_pulls_table()
    text = "\n".join(legend_of(calorimetry_pulls(table).axes[0]))
    pulls = table.loc[table["is_found"], "dedx_pull"]
    assert f"{len(pulls):,} hits" in text
    assert f"mean {pulls.mean():.3f} ±" in text
    assert f"width {pulls.std():.3f} ±" in text


def test_hits_without_delta_rays_are_drawn_apart():
    table = a_pulls_table()
    text = "\n".join(legend_of(calorimetry_pulls(table).axes[2]))
    inner = table[table["is_found"] & ~table["is_end"]]
    without = inner[inner["delta_share"] == 0]
    assert f"{len(inner):,} hits\n" in text
    assert (
        f"{len(without):,} hits without δ rays\nmean {without['deposit_pull'].mean():.3f}" in text
    )


def test_the_end_of_a_track_is_counted_once():
    text = "\n".join(legend_of(calorimetry_pulls(a_pulls_table()).axes[1]))
    assert "40 tracks" in text


def test_a_table_without_pulls_says_so():
    figure = calorimetry_pulls(PULLS.empty())
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["no entries"] * 4


def test_working_point_and_most_probable_value_are_in_the_legend():
    assert legend_of(pulse_heights(a_pulse_height_table()).axes[0]) == [
        "p, 4,000 wires",
        "most probable 490 ± 6 ADC",
        "working point 480 ± 48 ADC",
    ]
