"""The checks of the images pass on sound images and fail on spoilt ones; what a model learns."""

import numpy as np
import pandas as pd
import pytest

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.evaluation.tables.probes import PROBES
from latentscape.lartpc.aliasing import shift_tracks
from latentscape.lartpc.resizing import compare_resizes
from latentscape.lartpc.tables.images import ALIASING, RESIZING
from latentscape.lartpc.validation import images as checked
from latentscape.lartpc.validation.fidelity import (
    assess_learning,
    compare_learning,
    summarise_losses,
)
from latentscape.lartpc.validation.images import check_images, expected_spread
from latentscape.lartpc.validation.tables import FIDELITY

DRAWING = {"size": 48, "wires": 50, "canvas_ticks": 1502, "max_width": 1500}
DRAWS = {"bootstrap": 200, "seed": 1}


def a_stopping_track(slope, *, track):
    """Return a straight track of Gaussian pulses that grow towards the stop."""
    row = {"sample": "proton", "run": 1, "subrun": 2, "event": 3, "track": track}
    for plane, width in (("collection", 8.5), ("induction", 3.5)):
        wire, place = np.meshgrid(np.arange(60), np.arange(-25, 26), indexing="ij")
        height = 80 + 400 / np.sqrt(60 - wire)
        adc = np.round(height * np.exp(-0.5 * (place / width) ** 2))
        signal = adc > 0
        tick = np.round(1500 + slope * wire) + place
        row[f"{plane}_wire"] = (30 + wire[signal]).astype(np.int16)
        row[f"{plane}_tick"] = tick[signal].astype(np.int16)
        row[f"{plane}_adc"] = adc[signal].astype(np.int16)
        row[f"{plane}_width"] = int(np.ptp(tick[signal])) + 1
    return row


@pytest.fixture(scope="module")
def tables():
    tracks = pd.DataFrame([a_stopping_track(2.3 * n, track=n) for n in range(6)])
    resizing = compare_resizes(tracks, **DRAWING)
    return tracks, resizing, shift_tracks(tracks, shifted_tracks=5, **DRAWING)


def failed(tracks, resizing, aliasing):
    checks = check_images(tracks, resizing, aliasing, **DRAWING)
    assert all(check.group == "images" for check in checks)
    return [check.check for check in checks if check.verdict != "pass"]


def test_images_of_sound_tracks_pass_every_check(tables):
    assert not failed(*tables)


def test_checks_have_names_of_their_own(tables):
    names = [check.check for check in check_images(*tables, **DRAWING)]
    assert len(set(names)) == len(names) == 13


def test_row_order_changes_no_check(tables):
    mixed = (table.sample(frac=1, random_state=3) for table in tables)
    assert not failed(*mixed)


def test_bilinear_looks_at_ninety_six_of_the_published_ticks(tables):
    checks = {check.check: check for check in check_images(*tables, **DRAWING)}
    share = checks["share of the ticks that a bilinear image looks at"]
    assert share.expected == share.measured == 96 / 1502


def spoil(monkeypatch, resize, change):
    sound = checked.make_images

    def spoilt(tracks, **settings):
        images = sound(tracks, **settings)
        if settings["resize"] != resize:
            return images
        return KeyedArrays(images.keys, {"images": change(images["images"])})

    monkeypatch.setattr(checked, "make_images", spoilt)


def test_area_images_that_lose_charge_fail(tables, monkeypatch):
    spoil(monkeypatch, "area", lambda images: 0.99 * images)
    assert [name.split(",")[0] for name in failed(*tables)] == [
        "charge of an area image over that on its canvas",
        "charge of an area image over that on its canvas",
        "largest difference of area images from a second drawing",
    ]


def test_images_moved_by_a_pixel_fail(tables, monkeypatch):
    spoil(monkeypatch, "bilinear", lambda images: np.roll(images, 1, axis=3))
    assert [name.split(",")[0] for name in failed(*tables)] == [
        "largest difference of bilinear images from a second drawing"
    ]


def test_a_bragg_peak_in_the_wrong_row_fails(tables):
    tracks, resizing, aliasing = tables
    moved = resizing.assign(image_peak_row=resizing["image_peak_row"] + 1)
    assert [name.split(",")[0] for name in failed(tracks, moved, aliasing)] == [
        "distance of the Bragg peak of an area image from its wire",
        "distance of the Bragg peak of an area image from its wire",
    ]


def test_one_bragg_peak_of_six_two_wires_away_fails_though_the_mean_does_not(tables):
    tracks, resizing, aliasing = tables
    one = resizing["track"] == 0
    moved = resizing.assign(image_peak_row=resizing["image_peak_row"] - 2 * one)
    assert [name.split(",")[0] for name in failed(tracks, moved, aliasing)] == [
        "share of the area images whose Bragg peak is in a row beside its wire",
        "share of the area images whose Bragg peak is in a row beside its wire",
    ]


def test_less_aliasing_than_sampling_must_have_fails(tables):
    tracks, resizing, aliasing = tables
    calm = aliasing.assign(kept=1 + 0.9 * (aliasing["kept"] - 1))
    assert len(failed(tracks, resizing, calm)) == 2


def test_no_track_to_check_is_refused(tables):
    tracks, resizing, _ = tables
    with pytest.raises(InputError, match="no track"):
        check_images(tracks, resizing, ALIASING.empty(), **DRAWING)


@pytest.mark.parametrize("width", [2.0, 3.5, 8.5])
def test_spectrum_of_a_gaussian_pulse_gives_its_closed_form(width):
    profile = np.exp(-0.5 * ((np.arange(400)[None] - 200) / width) ** 2)
    harmonics = np.arange(1, 32)
    power = np.exp(-((2 * np.pi * harmonics * width / 31) ** 2)) * np.sinc(harmonics / 31) ** 4
    # The pulse between two ticks is a straight line and not a piece of the bell.
    assert expected_spread(profile, 31) == pytest.approx(np.sqrt(2 * power.sum()), rel=1e-4)


def test_spread_of_a_pulse_on_one_tick_is_that_of_the_sampled_triangle():
    # Moved over a column of P ticks, linear sampling gives P·(1 - |x|) for |x| < 1 and else 0:
    # its mean is 1, its mean square 2P/3. The first 64 harmonics hold nearly all of it.
    profile = np.zeros((1, 100))
    profile[0, 50] = 7.0
    assert expected_spread(profile, 64) == pytest.approx(np.sqrt(2 * 64 / 3 - 1), rel=0.01)


def test_a_constant_charge_has_no_spread():
    assert expected_spread(np.ones((1, 62)), 31) == pytest.approx(0, abs=1e-9)


def test_losses_are_means_over_tracks_with_intervals_around_them(tables):
    _, resizing, aliasing = tables
    losses = summarise_losses(resizing, aliasing, **DRAWS)
    assert len(losses) == 2 * 2 * 5
    assert (losses["low"] <= losses["value"] + 1e-12).all()
    assert (losses["value"] <= losses["high"] + 1e-12).all()
    own = resizing[(resizing["plane"] == "induction") & (resizing["resize"] == "bilinear")]
    found = losses[(losses["plane"] == "induction") & (losses["resize"] == "bilinear")]
    value = found.set_index("quantity")["value"]
    assert value["charge kept"] == pytest.approx(own["kept"].mean())
    assert value["charge error"] == pytest.approx((own["kept"] - 1).abs().mean())
    far = (own["image_peak_row"] - own["peak_row"]).abs() > 1
    assert value["peak moved"] == pytest.approx(far.mean())
    assert found.set_index("quantity")["n"].to_dict() == {
        "charge kept": 6,
        "charge error": 6,
        "peak moved": 6,
        "spread over shifts": 5,
        "distance over shifts": 5,
    }


def test_nothing_to_summarise_gives_an_empty_table():
    assert summarise_losses(RESIZING.empty(), ALIASING.empty(), **DRAWS).empty


def keys_of(sample, rows):
    numbers = {"run": 1, "subrun": 0, "event": np.arange(rows), "track": 0}
    return pd.DataFrame({"sample": sample, **numbers})


def a_training(seed=0):
    """Return latents, probes, images and reconstructions that are half the image throughout."""
    keys = pd.concat([keys_of("proton", 8), keys_of("kaon", 5)], ignore_index=True)
    part = ["train"] * 3 + ["validation"] + ["held_out"] * 9
    images = np.random.default_rng(2).uniform(1, 5, (13, 2, 4, 4)).astype(np.float32)
    latents = keys.assign(
        seed=seed, part=part, reconstruction_error=((images / 2) ** 2).sum(axis=(1, 2, 3))
    )
    numbers = dict.fromkeys(("null_low", "null_high", "accuracy"), 0.5)
    probes = pd.DataFrame(
        [
            {"seed": number, "inputs": inputs, "auc": auc, "low": auc - 0.1, "high": auc + 0.1}
            for number, inputs, auc in ((seed, "all", 0.8), (seed, "z0", 0.6), (seed + 1, "all", 0))
        ]
    ).assign(task="kaon vs proton", probe="mlp", n_inputs=2, n_positive=5, n_negative=8, **numbers)
    drawn = KeyedArrays(keys, {"images": images})
    return latents, PROBES.check(probes), drawn, KeyedArrays(keys, {"images": images / 2})


def assess(*training, **changes):
    settings = {"resize": "area", "transform": "none", "constants": {}, **DRAWS}
    return assess_learning(*training, **settings | changes)


def test_learning_is_assessed_on_tracks_that_did_not_train():
    found = assess(*a_training()).set_index(["quantity", "group", "part"])
    assert set(found.index) == {
        ("AUC, mlp", "kaon vs proton", "all"),
        ("charge ratio", "kaon", "held_out"),
        ("charge ratio", "proton", "held_out"),
        ("explained share", "kaon", "held_out"),
        ("explained share", "proton", "held_out"),
    }
    # The one validation track has no variance. The probe of one dimension does not count.
    assert found.loc[("AUC, mlp", "kaon vs proton", "all"), ["value", "n"]].tolist() == [0.8, 13]
    assert found.loc["charge ratio", "value"].tolist() == pytest.approx([0.5, 0.5])
    assert found["n"].tolist() == [13, 5, 4, 5, 4]


def test_explained_share_is_that_of_the_transformed_images():
    latents, probes, images, reconstructions = a_training()
    seen = np.sqrt(images["images"].astype(float))
    kaons = seen[8:]
    error = ((kaons - 0.9 * kaons) ** 2).sum(axis=(1, 2, 3))
    latents["reconstruction_error"] = np.append(np.zeros(8), error)
    found = assess(latents, probes, images, reconstructions, transform="sqrt")
    expected = 1 - error.sum() / ((kaons - kaons.mean(axis=0)) ** 2).sum()
    share = found.query("quantity == 'explained share' and group == 'kaon'")["value"].item()
    assert share == pytest.approx(expected, rel=1e-5)


def test_row_order_does_not_change_what_was_learnt():
    latents, probes, images, reconstructions = a_training()
    order = np.random.default_rng(0).permutation(13)
    mixed = reconstructions.select(reconstructions.keys.iloc[order])
    pd.testing.assert_frame_equal(
        assess(latents.iloc[order], probes, images, mixed),
        assess(latents, probes, images, reconstructions),
    )


def test_latents_of_two_trainings_are_refused():
    latents, *rest = a_training()
    both = pd.concat([latents, latents.assign(seed=4)])
    with pytest.raises(InputError, match=r"found the trainings \[0, 4\]"):
        assess(both, *rest)


def test_probes_of_another_training_are_refused():
    latents, probes, *rest = a_training()
    with pytest.raises(InputError, match="for training 7"):
        assess(latents.assign(seed=7), probes, *rest)


def test_images_that_lack_a_track_are_refused():
    latents, probes, images, reconstructions = a_training()
    with pytest.raises(InputError, match="no array row"):
        assess(latents, probes, images.select(images.keys[:9]), reconstructions)


def learnt(values):
    of = {"quantity": "explained share", "group": "proton", "part": "held_out", "n": 9}
    rows = [
        {"resize": resize, "seed": seed, "value": value, "low": value, "high": value, **of}
        for (resize, seed), value in values.items()
    ]
    return FIDELITY.check(pd.DataFrame(rows))


def test_trainings_are_compared_in_pairs():
    values = {("area", 0): 0.7, ("bilinear", 0): 0.5, ("area", 1): 0.9, ("bilinear", 1): 0.6}
    row = compare_learning(learnt(values | {("area", 2): 0.1})).iloc[0]
    # Differences 0.2 and 0.3; t(0.975, 1) = 12.706 and a standard error of 0.05.
    assert row[["area", "bilinear", "difference"]].tolist() == pytest.approx([0.8, 0.55, 0.25])
    assert row["high"] - row["difference"] == pytest.approx(12.706 * 0.05, rel=1e-4)
    assert row["trainings"] == 2


def test_one_pair_of_trainings_has_a_difference_without_interval():
    row = compare_learning(learnt({("area", 0): 0.7, ("bilinear", 0): 0.5})).iloc[0]
    assert row["difference"] == pytest.approx(0.2)
    assert np.isnan(row["low"])


def test_trainings_without_partner_are_refused():
    with pytest.raises(InputError, match="both resizes"):
        compare_learning(learnt({("area", 0): 0.7, ("bilinear", 1): 0.5}))
