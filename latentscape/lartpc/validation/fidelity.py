"""What each resize loses, and what the same model learns from its images."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.evaluation.fidelity import explained_share, ratio_of_sums
from latentscape.evaluation.intervals import mean_interval, student_interval, wilson
from latentscape.keys import TRACK_KEY, join, sort_by_key
from latentscape.lartpc.aliasing import over_shifts
from latentscape.lartpc.resizing import peak_shift
from latentscape.lartpc.validation.tables import FIDELITY, FIDELITY_DIFFERENCES, RESIZE_LOSSES
from latentscape.learning.transforms import transform as transformed
from latentscape.progress import progress

UNSEEN = ("validation", "held_out")
PAIR = ["seed", "quantity", "group", "part"]

MOVED = "peak moved"
MEANINGS = {
    "charge kept": "charge of the image over that of the track's last wires",
    "charge error": "how far that is from 1, on average",
    MOVED: "share of tracks whose Bragg peak lies more than a wire from its place",
    "spread over shifts": "relative spread of the charge while the track moves over a column",
    "distance over shifts": "distance of the image from the unmoved one that is moved as far",
}


def summarise_losses(
    resizing: pd.DataFrame, aliasing: pd.DataFrame, *, bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return what each resize does to the charge, the Bragg peak and a moved track.

    Parameters
    ----------
    resizing : DataFrame
        A table ``RESIZING``.
    aliasing : DataFrame
        A table ``ALIASING``.
    bootstrap : int
        Draws of the tracks for the interval of a mean; shares have Wilson's interval.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        A table ``RESIZE_LOSSES``.
    """
    shift = peak_shift(resizing)
    kept = {"charge kept": resizing["kept"], "charge error": (resizing["kept"] - 1).abs()}
    tracks = [*TRACK_KEY, "plane", "resize"]
    long = pd.concat(
        table.melt(tracks, [name for name in MEANINGS if name in table], "quantity")
        for table in (resizing.assign(**kept, **{MOVED: shift > 1}), over_shifts(aliasing))
    )
    rows = []
    for names, group in long.dropna().groupby(["sample", "plane", "resize", "quantity"]):
        values = sort_by_key(group, TRACK_KEY)["value"].to_numpy(dtype=float)
        named = dict(zip(("sample", "plane", "resize", "quantity"), names, strict=True))
        if named["quantity"] == MOVED:
            low, high = (float(end) for end in wilson(values.sum(), values.size))
        else:
            low, high = mean_interval(values, bootstrap=bootstrap, seed=seed)
        measured = {"value": values.mean(), "low": low, "high": high, "n": values.size}
        rows.append({**named, **measured, "meaning": MEANINGS[str(named["quantity"])]})
    return RESIZE_LOSSES.check(pd.DataFrame(rows)) if rows else RESIZE_LOSSES.empty()


def assess_learning(
    latents: pd.DataFrame,
    probes: pd.DataFrame,
    images: KeyedArrays,
    reconstructions: KeyedArrays,
    *,
    resize: str,
    transform: str,
    constants: Mapping[str, Sequence[float]],
    bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Say what one training has learnt, in numbers that do not depend on the images' scale.

    Parameters
    ----------
    latents : DataFrame
        A table ``LATENTS`` of one training.
    probes : DataFrame
        A table ``PROBES`` that holds this training; the probes of all dimensions are taken.
    images : KeyedArrays
        Array ``images`` (N, 2, size, size) in ADC; more tracks than in ``latents`` may be in it.
    reconstructions : KeyedArrays
        Array ``images``, the reconstructions in ADC of the tracks in ``latents``.
    resize : str
        How the images were made.
    transform : str
        The model's transform.
    constants : mapping of str to sequence of float
        Its constants, as stored with the model.
    bootstrap : int
        Draws of the tracks for each interval.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        A table ``FIDELITY``: the AUC of the probes; for each sample, on tracks that did not train
        the model, the share of the transformed images' variance that it explains, and the
        charge of the reconstructions over that of the images. A single track has no variance
        and gives no row.

    Raises
    ------
    InputError
        If the latents are not those of one training, or the probes do not hold it.
    """
    numbers = sorted(int(number) for number in latents["seed"].unique())
    if len(numbers) != 1:
        raise InputError(f"latents: need those of one training, found the trainings {numbers}.")
    own_probes = probes[(probes["seed"] == numbers[0]) & (probes["inputs"] == "all")]
    if own_probes.empty:
        raise InputError(f"probes: none of all dimensions for training {numbers[0]}.")
    unseen = sort_by_key(latents[latents["part"].isin(UNSEEN)], TRACK_KEY)
    rows = [*_probed(own_probes)]
    groups = [group for group in unseen.groupby(["sample", "part"]) if len(group[1]) > 1]
    for (sample, part), tracks in progress(groups, len(groups), unit="groups"):
        keys = tracks[list(TRACK_KEY)]
        drawn = images.select(keys)["images"]
        errors = tracks["reconstruction_error"].to_numpy()
        seen = transformed(transform, drawn, constants)
        charges = (_charge(reconstructions.select(keys)["images"]), _charge(drawn))
        measured = {
            "explained share": explained_share(seen, errors, bootstrap=bootstrap, seed=seed),
            "charge ratio": ratio_of_sums(*charges, bootstrap=bootstrap, seed=seed),
        }
        of = {"group": sample, "part": part, "n": len(tracks)}
        for quantity, (value, low, high) in measured.items():
            rows.append({"quantity": quantity, "value": value, "low": low, "high": high, **of})
    return FIDELITY.check(pd.DataFrame(rows).assign(resize=resize, seed=numbers[0]))


def compare_learning(fidelity: pd.DataFrame) -> pd.DataFrame:
    """Return how much more is learnt from area than from bilinear images.

    Parameters
    ----------
    fidelity : DataFrame
        A table ``FIDELITY`` of both resizes. Only trainings of the same number on both count: they
        share split and random seed.

    Returns
    -------
    DataFrame
        A table ``FIDELITY_DIFFERENCES``. Its intervals are Student's over the trainings. They
        hold the chance of weights and batches, and not that of the tracks, which all trainings
        share; that one is in the intervals of ``fidelity``.

    Raises
    ------
    InputError
        If the two resizes have no training in common.
    """
    area, bilinear = (
        fidelity.loc[fidelity["resize"] == resize, [*PAIR, "value"]].rename(
            columns={"value": resize}
        )
        for resize in ("area", "bilinear")
    )
    pairs = join(area, bilinear, PAIR, what="trainings on area with those on bilinear images")
    if pairs.empty:
        raise InputError("fidelity: no training was made on the images of both resizes.")
    rows = []
    for (quantity, group, part), trainings in pairs.groupby(PAIR[1:]):
        difference, low, high = student_interval(trainings["area"] - trainings["bilinear"])
        rows.append(
            {
                "quantity": quantity,
                "group": group,
                "part": part,
                "area": trainings["area"].mean(),
                "bilinear": trainings["bilinear"].mean(),
                "difference": difference,
                "low": low,
                "high": high,
                "trainings": len(trainings),
            }
        )
    return FIDELITY_DIFFERENCES.check(pd.DataFrame(rows))


def _probed(probes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in probes.to_dict("records"):
        yield {
            "quantity": f"AUC, {row['probe']}",
            "group": row["task"],
            "part": "all",
            "value": row["auc"],
            "low": row["low"],
            "high": row["high"],
            "n": row["n_positive"] + row["n_negative"],
        }


def _charge(images: np.ndarray) -> np.ndarray:
    charge: np.ndarray = images.sum(axis=(1, 2, 3), dtype=np.float64)
    return charge
