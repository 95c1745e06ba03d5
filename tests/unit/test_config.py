"""What the configuration allows, and how it says no."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from latentscape.__main__ import main, pages
from latentscape.config import Config, find_files, load_detector, require_files, validate
from latentscape.errors import InputError
from latentscape.files import read_json
from latentscape.reference import explain, rows, schema

ROOT = Path(__file__).parents[2]
SIMULATED = {"species": "proton", "simulate": {"events": 10, "momentum": [350, 800]}}
CONFIGS = [
    ROOT / "config.yaml",
    ROOT / "tests/workflow/tiny.yaml",
    *(ROOT / "examples").glob("*.yaml"),
]


def a_config(**changes: Any) -> dict[str, Any]:
    return {"samples": {"proton": SIMULATED}, **changes}


def a_validation(**changes: Any) -> dict[str, Any]:
    return a_config(lartpc={"validation": changes})


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_configuration_is_valid(path: Path) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    validate(content)
    jsonschema.validate(content, schema())


def test_the_schema_on_disk_is_that_of_the_models() -> None:
    assert read_json(ROOT / "workflow/schemas/config.schema.json") == schema()


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_the_reference_pages_are_those_of_the_models(path: Path) -> None:
    assert (ROOT / path).read_text("utf-8") == pages()[path]


def test_every_key_has_a_description() -> None:
    assert not [key for key, field in rows(Config) if not field.description]


def test_a_model_inherits_what_it_does_not_say() -> None:
    models = {
        "reference": {"trained_on": ["proton"], "latent": 4, "training": {"epochs": 5, "batch": 8}},
        "short": {"inherits": "reference", "training": {"epochs": 2}},
    }
    short = validate(a_config(models=models)).models["short"]
    assert (short.latent, short.training.epochs, short.training.batch) == (4, 2, 8)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (a_config(sed=1), ["sed: unknown key", "'seed'"]),
        (a_config(seeds=0), ["seeds", "greater than 0", "found 0"]),
        (
            {"samples": {"proton": {**SIMULATED, "species": "protn"}}},
            ["samples.proton.species", "'protn'", "'proton'"],
        ),
        (
            {"samples": {"proton": {"species": "proton", "files": ["a.root"]}}},
            ["samples.proton", "exactly one of tree, histograms, frames"],
        ),
        (
            a_config(models={"m": {"trained_on": ["kaon"]}}),
            ["models.m.trained_on", "'kaon'", "proton"],
        ),
        (
            a_config(models={"m": {"inherits": "m", "trained_on": ["proton"]}}),
            ["models.m.inherits", "'m'"],
        ),
        (
            a_config(models={"m": {"trained_on": ["proton"], "transform": "log2"}}),
            ["models.m.transform", "'log2'", "'log1p'"],
        ),
        ({"samples": {"a b": SIMULATED}}, ["samples.a b", "letters, digits"]),
        (
            a_validation(samples={"proton": SIMULATED}),
            ["lartpc.validation.samples.proton", "has a sample of this name"],
        ),
        (
            a_validation(samples={"extra": {"species": "pion", "files": ["a"], "tree": "t"}}),
            ["lartpc.validation", "samples.extra", "give 'simulate'"],
        ),
        (
            a_validation(fidelity={"trained_on": ["kaon"]}),
            ["lartpc.validation.fidelity.trained_on", "'kaon'", "proton"],
        ),
        (
            a_validation(stages={"samples": ["kaon"]}),
            ["lartpc.validation.stages.samples", "'kaon'", "stopping_muon"],
        ),
        (a_validation(sbn_calorimetry="caf.root"), ["sbn_calorimetry", "larsoft_templates"]),
    ],
)
def test_a_mistake_names_key_value_and_what_is_allowed(
    config: dict[str, Any], says: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        validate(config)
    assert all(word in str(caught.value) for word in says), str(caught.value)


def test_an_unknown_detector_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'icarus' is neither a file nor one of .*lariat"):
        load_detector("icarus", ROOT / "resources")


def test_globs_are_sorted_and_a_file_is_read_once(tmp_path: Path) -> None:
    for name in ("b.root", "a.root"):
        (tmp_path / name).touch()
    patterns = (str(tmp_path / "*.root"), str(tmp_path / "a.root"))
    assert [Path(p).name for p in find_files("s", patterns)] == ["a.root", "b.root"]


def test_globs_reach_into_folders(tmp_path: Path) -> None:
    for folder in ("run1", "run2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.root").touch()
    found = find_files("s", (str(tmp_path / "run*" / "p.root"),))
    assert [Path(p).parent.name for p in found] == ["run1", "run2"]


@pytest.mark.parametrize("kind", ["beamline", "calorimetry"])
def test_a_missing_side_table_is_named_with_its_key(kind: str, tmp_path: Path) -> None:
    real = {"species": "proton", "files": ["a.root"], "tree": "raw", kind: str(tmp_path / "no.csv")}
    with pytest.raises(InputError, match=rf"samples\.proton\.{kind}: there is no file .*no\.csv"):
        require_files(validate({"samples": {"proton": real}}))


def test_a_missing_template_is_named_with_its_key() -> None:
    config = validate(a_config(lartpc={"pid": {"template": "tables/{species}.txt"}}))
    with pytest.raises(InputError, match=r"lartpc\.pid\.template: .*tables/proton\.txt"):
        require_files(config)


def test_the_model_of_the_image_comparison_is_the_first_one_trained_less() -> None:
    config = validate(
        a_config(models={"m": {"trained_on": ["proton"], "latent": 3, "training": {"epochs": 99}}})
    )
    model = config.fidelity_model()
    wanted = config.lartpc.validation.fidelity
    assert (model.latent, model.trained_on) == (3, ("proton",))
    assert (model.training.epochs, model.training.fraction) == (wanted.epochs, wanted.fraction)
    assert config.models["m"].training.epochs == 99


def test_explain_gives_meaning_default_and_allowed_values() -> None:
    text = explain("models.reference.activation")
    assert "relu" in text
    assert "Activation function" in text
    assert "channel-mapped, flat" in explain("samples.proton.simulate.layout")


def test_explaining_an_unknown_key_lists_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--explain", "samples.proton.tre"]) == 1
    assert "'tre'. Allowed: species" in capsys.readouterr().err
