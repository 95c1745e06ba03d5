"""What the figures of failed identifications show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.keys import EVENT_KEY
from latentscape.lartpc.figures.failures import CAUSE_LABELS, failure_rates, worst_case_displays
from latentscape.lartpc.figures.performance import STATISTIC_LABELS
from latentscape.lartpc.validation.failures import CAUSES
from latentscape.lartpc.validation.tables import PID_FAILURES

PAIR = ("kaon", "proton")
KEY = {"sample": "kaon", "run": 1, "subrun": 0, "track": 2}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def some_failures() -> pd.DataFrame:
    rows = []
    for source in ("external", "collection"):
        for place, statistic in enumerate(STATISTIC_LABELS):
            for species in PAIR:
                for i, (cause, meaning) in enumerate(CAUSES.items()):
                    n = 0 if cause in {"left", "reinteracted"} else 10 + i
                    rate = 0.1 * i + 0.02 * place if n else np.nan
                    row = {"source": source, "statistic": statistic, "signal": "kaon"}
                    row |= {"background": "proton", "species": species, "cause": cause}
                    row |= {"n": n, "failed": 1, "rate": rate, "rate_low": rate * 0.7}
                    row |= {"rate_high": rate * 1.3, "share": 0.2, "meaning": meaning}
                    rows.append(row)
    return PID_FAILURES.check(pd.DataFrame(rows))


def some_cases(n: int = 2) -> pd.DataFrame:
    rows = [
        KEY
        | {"event": event, "species": PAIR[event % 2], "signal": "kaon", "background": "proton"}
        | {"momentum": 420.0, "cause": "decayed_in_flight", "is_mistaken": event % 2 == 0}
        for event in range(n)
    ]
    return pd.DataFrame(rows)


def some_tracks(events) -> pd.DataFrame:
    wire = np.repeat(np.arange(25, 75), 5)
    tick = 1300 + 4 * (wire - 25) + np.tile(np.arange(5), 50)
    adc = (60 + 400 / np.sqrt(75 - wire)).astype(int)
    pixels = {"wire": wire, "tick": tick, "adc": adc}
    row = {f"{plane}_{k}": v for plane in ("collection", "induction") for k, v in pixels.items()}
    return pd.DataFrame([KEY | {"event": event} | row for event in events])


def some_points(events) -> pd.DataFrame:
    ranges = np.arange(0.2, 20, 0.45)
    lists = {"residual_range": ranges, "dedx": 14 * ranges**-0.42}
    return pd.DataFrame([KEY | {"event": event} | lists for event in events])


def expected_curves() -> pd.DataFrame:
    ranges = np.arange(0.05, 60, 0.05)
    return pd.concat(
        pd.DataFrame({"species": name, "residual_range": ranges, "dedx": a * ranges**-0.42})
        for name, a in {"proton": 17.0, "kaon": 14.0}.items()
    )


def texts_of(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


@looks_as_before
def test_failure_rates_looks_as_before():
    return failure_rates(some_failures(), pair=PAIR)


def test_failure_rates_names_the_causes_with_their_numbers_of_tracks():
    axes = failure_rates(some_failures(), pair=PAIR).axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[:2] == ["other particles\n(10)", "decays in flight\n(12)"]
    assert axes.get_ylabel() == "K⁺ taken for p"


def test_every_cause_that_can_occur_has_a_name():
    assert set(CAUSE_LABELS) == set(CAUSES) - {"reinteracted"}


def test_failure_rates_of_another_pair_says_that_there_are_none():
    figure = failure_rates(some_failures(), pair=("muon", "pion"))
    assert [texts_of(axes) for axes in figure.axes] == [["no entries"]] * 2


@looks_as_before
def test_worst_case_displays_looks_as_before():
    return worst_case_displays(
        some_cases(), some_tracks([0, 1]), some_points([0, 1]), expected_curves()
    )


def displays_of(cases, points):
    return worst_case_displays(cases, some_tracks([0, 1, 2]), points, expected_curves())


def test_each_worst_case_says_what_it_is_taken_for_and_why():
    figure = displays_of(some_cases(), some_points([0, 1]))
    titles = [part.get_suptitle() for part in figure.subfigs]
    assert titles[0].startswith("K⁺ taken for p: decays in flight (kaon, run 1, subrun 0, event 0")
    assert titles[1].startswith("p nearly taken for K⁺")


def test_the_charge_of_a_cluster_is_shown_at_its_wires_and_ticks():
    collection = displays_of(some_cases(1), some_points([0])).axes[0]
    image = collection.images[0]
    left, right, bottom, top = image.get_extent()
    assert (left, right, bottom) == (24.5, 74.5, 1299.5)
    assert image.get_array().max() == 460  # 60 + 400 on the last wire
    tick, wire = np.unravel_index(image.get_array().argmax(), image.get_array().shape)
    assert left + 0.5 + wire == 74
    height = (top - bottom) / image.get_array().shape[0]
    assert bottom + 0.5 + tick * height <= 1300 + 4 * 49 + 4


def test_points_of_an_event_serve_as_those_of_its_track():
    points = some_points([0]).drop(columns="track")
    assert set(EVENT_KEY) <= set(points.columns)
    axes = displays_of(some_cases(1), points).axes[2]
    assert axes.lines[0].get_xdata().tolist() == points["residual_range"][0].tolist()


def test_no_worst_case_is_said():
    figure = displays_of(some_cases().head(0), some_points([0]))
    assert texts_of(figure.axes[0]) == ["no tracks"]
