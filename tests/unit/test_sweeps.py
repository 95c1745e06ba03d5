"""What a sweep trains is known, and its mistakes are said, before anything runs."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from latentscape.__main__ import main
from latentscape.config import Config, validate
from latentscape.errors import InputError
from latentscape.learning.costs import describe_sweeps, operations, training_images
from latentscape.learning.settings import Model, Training
from latentscape.learning.sweeps import AXES, Sweep, expand_span, plan_sweep, say
from latentscape.reference import schema

ROOT = Path(__file__).parents[2]
SIMULATED = {"species": "proton", "simulate": {"events": 100, "momentum": [350, 800]}}
BASE = Model(trained_on=("proton",), beta=2.0, training=Training(epochs=7, fraction=0.6))


def a_config(axes: Any, models: Any = None, **changes: Any) -> dict[str, Any]:
    own = {"trained_on": ["proton"], "training": {"epochs": 7, "batch": 8}, **(models or {})}
    sweep = {"base": "reference", "axes": axes, **changes}
    return {
        "samples": {"proton": SIMULATED},
        "models": {"reference": own},
        "sweeps": {"wide": sweep},
    }


def a_plan(axes, **changes):
    sweep = Sweep.model_validate({"base": "b", "axes": axes, **changes})
    return plan_sweep("wide", sweep, base=BASE, size=48)


def test_a_grid_has_every_combination_with_the_last_axis_fastest():
    plan = a_plan({"beta": [0.5, 1], "latent": [4, 8]})
    assert [each.name for each in plan.models] == [
        "wide_latent_4_beta_0.5",
        "wide_latent_4_beta_1",
        "wide_latent_8_beta_0.5",
        "wide_latent_8_beta_1",
    ]
    assert [(each.model.latent, each.model.beta) for each in plan.models] == [
        (4, 0.5),
        (4, 1.0),
        (8, 0.5),
        (8, 1.0),
    ]
    assert (len(plan.models), plan.trainings) == (4, 12)


def test_what_no_axis_names_is_that_of_the_base_model():
    plan = a_plan({"latent": [4]})
    assert plan.models[0].model == BASE.model_copy(update={"latent": 4, "training": Training()})
    assert plan.settings["wide_latent_4"] == {
        "latent": 4,
        "channels": (32, 64, 128, 256),
        "beta": 2.0,
        "activation": "relu",
        "transform": "log1p",
        "fraction": 1.0,
    }


def test_the_fraction_is_that_of_the_training_pool():
    plan = a_plan({"fraction": [0.5, 1]}, training={"epochs": 3, "fraction": 0.1})
    trainings = [each.model.training for each in plan.models]
    assert [(each.fraction, each.epochs) for each in trainings] == [(0.5, 3), (1.0, 3)]


def test_every_axis_changes_its_setting_and_no_other():
    values = {
        "latent": 3,
        "channels": (4, 8),
        "beta": 0.25,
        "activation": "gelu",
        "transform": "sqrt",
        "fraction": 0.3,
    }
    assert tuple(values) == AXES
    for axis, value in values.items():
        (swept,) = a_plan({axis: [value]}).settings.values()
        (unswept,) = a_plan({"latent": [8]}).settings.values()
        assert swept == {**unswept, axis: value}


def test_spans_include_both_ends_and_round_to_what_was_meant():
    assert expand_span({"from": 4, "to": 128, "step": 4}) == list(range(4, 129, 4))
    assert expand_span({"from": 0.5, "to": 0.9, "step": 0.1}) == [0.5, 0.6, 0.7, 0.8, 0.9]
    assert expand_span([1, 3]) == [1, 3]


def test_combinations_are_skipped_wherever_all_their_values_meet():
    axes = {"latent": [4, 8], "beta": [1, 2], "activation": ["relu", "elu"]}
    plan = a_plan(axes, skip=[{"latent": 8, "beta": 2}])
    assert len(plan.models) == 6
    assert not [each for each in plan.models if each.values["latent"] == 8 and each.model.beta == 2]


def test_names_are_those_of_files_and_the_pattern_matches_no_others():
    axes = {
        "latent": [1, 16],
        "channels": [(4, 8), (16, 32, 64)],
        "beta": [0, 1e-5, 0.5],
        "transform": ["none", "mpv_tanh"],
    }
    plan = a_plan(axes)
    names = {each.name for each in plan.models}
    assert len(names) == 2 * 2 * 3 * 2
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", name)
        assert re.fullmatch(plan.pattern, name)
    for other in ("wide", "wide_latent_1", "wide_latent_6_channels_4-8_beta_0x5_transform_none"):
        assert not re.fullmatch(plan.pattern, other)


@pytest.mark.parametrize(
    ("value", "text"), [(16, "16"), (0.5, "0.5"), (1.0, "1"), ((4, 8), "4-8"), ("relu", "relu")]
)
def test_values_are_said_shortly(value, text):
    assert say(value) == text


def test_nearly_equal_numbers_keep_names_of_their_own():
    assert say(0.1234567) != say(0.1234568)


def test_training_settings_lie_over_those_of_the_base_model():
    config = validate(a_config({"latent": [4]}, training={"epochs": 3}))
    (swept,) = config.sweep_plans()["wide"].models
    assert (swept.model.training.epochs, swept.model.training.batch) == (3, 8)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (a_config({"latent": [4]}, base="refrence"), ["sweeps.wide.base", "'refrence'"]),
        (a_config({}), ["sweeps.wide.axes", "no axis has a value", "latent, channels"]),
        (a_config({"latnt": [4]}), ["sweeps.wide.axes.latnt", "'latent'"]),
        (a_config({"latent": [8, 8]}), ["sweeps.wide.axes.latent", "8 stands there twice"]),
        (a_config({"latent": [0]}), ["sweeps.wide.axes.latent.0", "found 0"]),
        (a_config({"latent": [145]}, {"channels": [4, 8, 8, 16]}), ["145", "144 features"]),
        (
            a_config({"latent": [3000]}),
            ["sweeps.wide.axes.latent: 3000", "at most 2304", "skip the combination"],
        ),
        (
            a_config({"channels": [[8] * 5]}),
            ["sweeps.wide.axes.channels: [8, 8, 8, 8, 8]", "48 × 48", "multiples of 32"],
        ),
        (
            a_config({"channels": [[4, 8], [4, 8]]}),
            ["sweeps.wide.axes.channels", "[4, 8] stands there twice"],
        ),
        (a_config({"activation": ["rellu"]}), ["sweeps.wide.axes.activation", "'rellu'", "'elu'"]),
        (a_config({"transform": ["mpv"]}), ["sweeps.wide.axes.transform", "'mpv'", "'mpv_tanh'"]),
        (
            a_config({"transform": ["mpv_tanh"]}, {"most_probable": [0, 2]}),
            ["sweeps.wide.axes.transform", "'mpv_tanh'", "found most_probable [0.0, 2.0]"],
        ),
        (a_config({"fraction": [1.5]}), ["sweeps.wide.axes.fraction.0", "found 1.5"]),
        (a_config({"latent": {"from": 4, "to": 8}}), ["axes.latent", "{from, to, step}"]),
        (a_config({"latent": {"from": 8, "to": 4, "step": 1}}), ["axes.latent", "upwards"]),
        (a_config({"latent": [4]}, skip=[{"latent": 8}]), ["sweeps.wide.skip.0", "'latent': 8"]),
        (a_config({"latent": [4]}, skip=[{"latent": 4}]), ["sweeps.wide.skip", "all 1 models"]),
        (a_config({"latent": [4]}, training={"epoch": 3}), ["training.epoch", "'epochs'"]),
        (a_config({"latent": [4]}, seeds=0), ["sweeps.wide.seeds", "greater than 0"]),
        (
            {**a_config({"latent": [4]}), "sweeps": {"a b": {"base": "reference", "axes": {}}}},
            ["sweeps.a b", "letters, digits"],
        ),
    ],
)
def test_a_mistake_names_sweep_axis_and_value_in_one_line(config, says):
    with pytest.raises(InputError) as caught:
        validate(config)
    text = str(caught.value)
    assert all(word in text for word in says), text
    assert len(text.splitlines()) == 1


def test_two_models_never_share_a_name():
    config = a_config({"latent": [4]})
    config["models"]["wide_latent_4"] = {"trained_on": ["proton"]}
    with pytest.raises(InputError, match=r"sweeps\.wide: its model 'wide_latent_4' has the name"):
        validate(config)


def test_the_grids_of_a_publication_are_ready():
    content = yaml.safe_load((ROOT / "examples" / "sweeps.yaml").read_text("utf-8"))
    jsonschema.validate(content, schema())
    plans = validate(content).sweep_plans()
    models = {name: len(plan.models) for name, plan in plans.items()}
    assert models == {"architecture": 252, "transforms": 12, "capacity": 32, "training_size": 5}
    assert {plan.seeds for plan in plans.values()} == {3}


def test_operations_of_one_block_are_counted_by_hand():
    model = Model(trained_on=("proton",), channels=(3,), latent=2)
    # Encoder and decoder: 25 weights × 2 × 3 channels at 4 × 4 places; three linear layers of
    # 3 × 4 × 4 features and 2 dimensions.
    assert operations(model, size=8, image_channels=2) == 2 * 25 * 2 * 3 * 16 + 3 * 48 * 2


def test_training_images_are_those_that_the_split_leaves():
    training = Training(validation=0.1, fraction=0.5)
    assert training_images({"proton": 100, "kaon": 50}, training) == 45 + 22
    balanced = training.model_copy(update={"balanced": True})
    assert training_images({"proton": 100, "kaon": 50}, balanced) == 22 + 22


def test_the_table_of_costs_adds_up():
    plan = a_plan({"latent": [4, 8]}, training={"epochs": 10})
    text = describe_sweeps([plan], {"wide": {"proton": 100}}, size=48, image_channels=2, rate=1e6)
    title, row, total = text.splitlines()
    assert "core-hours" in title
    assert row.split()[:6] == ["wide", "2", "6", "90", "10", "5,400"]
    work = sum(operations(each.model, size=48, image_channels=2) for each in plan.models)
    assert float(row.split()[6]) == pytest.approx(90 * 10 * 3 * work / 1e6 / 3600, rel=0.05)
    assert total.split() == ["all", "2", "6", "5,400", row.split()[6]]


def test_the_command_counts_the_sweeps_of_a_configuration(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(a_config({"latent": [4, 8]}, seeds=2)), "utf-8")
    assert main(["sweeps", "--config", str(path), "--results", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:4] == ["wide", "2", "4", "90"]


def test_the_command_says_when_nothing_is_known_of_a_sample(tmp_path, capsys):
    content = a_config({"latent": [4]})
    content["samples"]["proton"] = {"species": "proton", "files": ["a.root"], "tree": "raw"}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    assert main(["sweeps", "--config", str(path), "--results", str(tmp_path)]) == 1
    assert "proton: no image below" in capsys.readouterr().err


def test_no_sweep_is_no_mistake():
    assert Config(samples={"proton": SIMULATED}).sweep_plans() == {}  # type: ignore[dict-item]
