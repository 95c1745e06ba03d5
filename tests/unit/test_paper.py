"""The sentences of a paper say what the configuration says."""

import pandas as pd
import pytest
import yaml

from latentscape.config import load_detector, validate
from latentscape.lartpc.paper import methods
from latentscape.typeset import latex

from .test_environments import ROOT


def cut_flow(**tracks: int) -> pd.DataFrame:
    rows = [
        {"sample": sample, "plane": "both", "step": 6, "cut": "matched", "survivors": number}
        for sample, number in tracks.items()
    ]
    return pd.DataFrame(rows)


def written(**changes):
    content = {
        "seed": 5,
        "seeds": 4,
        "samples": {
            "proton": {"species": "proton", "simulate": {"events": 1500, "momentum": [350, 800]}},
            "data": {"species": "kaon", "files": ["a.root"], "tree": "ana/raw"},
        },
        "models": {"reference": {"trained_on": ["proton"], "latent": 6, "beta": 0.25}},
        **changes,
    }
    config = validate(content)
    return methods(
        detector=load_detector(config.detector, ROOT / "resources"),
        samples=config.samples,
        models=config.models,
        lartpc=config.lartpc,
        analyses=config.analyses,
        seeds=config.seeds,
        seed=config.seed,
        cut_flow=cut_flow(proton=1234, data=56),
        version="9.9",
    )


def test_the_methods_name_what_was_configured_and_found():
    text = written()
    for part in (
        "240 induction wires",
        "15 ADC (collection)",
        "proton (1,500 triggers, 350 to 800 MeV/c)",
        "Recorded samples: data.",
        "1,234 proton and 56 data tracks",
        "6 latent dimensions",
        "β = 0.25",
        "32-64-128-256 channels",
        "trained 4 times",
        "seed 5",
        "48 × 48 pixels by averaging over areas",
        "latentscape 9.9",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"matching": {"method": "optimal"}}, "from the lowest score on", "least sum of scores"),
        ({"images": {"resize": "bilinear"}}, "averaging over areas", "bilinear sampling"),
        ({"clustering": {"method": "seeded"}}, "8-connected regions", "grown from the highest"),
        ({"cuts": {"entry_window": False}}, "begin in the entry window", "vary along the wires."),
    ],
)
def test_another_setting_is_another_sentence(changes, before, after):
    assert before in written()
    changed = written(lartpc=changes)
    assert before not in changed
    assert after in changed


def test_a_study_of_recorded_data_claims_no_simulation():
    sample = {"species": "proton", "files": ["a.root"], "tree": "ana/raw"}
    assert "Geant4" not in written(samples={"proton": sample})


def test_what_no_sample_has_is_not_claimed():
    sample = {"species": "proton", "files": ["a.root"], "tree": "ana/raw"}
    assert "dE/dx" in written(samples={"proton": {**sample, "calorimetry": "a.csv"}})
    assert "dE/dx" not in written(samples={"proton": sample}, detector="pixlar")


@pytest.mark.parametrize(
    ("choose", "words"), [("matching", "on most collection wires"), ("hand", "chosen by hand")]
)
def test_clean_samples_are_said_to_be_chosen_event_by_event(choose, words):
    sample = {"species": "proton", "files": ["a.root"], "tree": "ana/raw"}
    clean = {**sample, "clean": {"choose": choose, "labels": "labels.tsv"}}
    text = written(samples={"proton": sample, "clean": clean})
    assert "In clean, one pair of clusters per event is taken instead" in text
    assert words in text
    assert "taken instead" not in written()


def test_the_reference_configuration_can_be_described():
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    assert "Cuts of their own hold for muon." in written(**config)


def test_no_symbol_of_the_methods_is_left_to_latex():
    assert latex(written()).isascii()
