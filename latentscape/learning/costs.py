"""What the trainings of sweeps will cost, before they run."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import pandas as pd
import pyarrow.parquet as pq

from latentscape.files import read_description
from latentscape.learning.settings import Model, Training
from latentscape.learning.sweeps import SweepPlan, inner_features

KERNEL = 5
"""Width of the convolutions, see :mod:`latentscape.learning.networks`."""
RATE = 1e10
"""Multiply-adds of the network per second that one core trains with, where none is measured.

That of the reference model, rounded, on one core of a server; narrow networks are slower.
"""


def operations(model: Model, *, size: int, image_channels: int) -> int:
    """Return the multiply-adds of one pass of an image through a network.

    Parameters
    ----------
    model : Model
        Its architecture.
    size : int
        Width and height of the images in pixels.
    image_channels : int
        Channels of the images.

    Returns
    -------
    int
        Of the convolutions and linear layers; a training step costs about three times as much.
    """
    widths = [image_channels, *model.channels]
    convolutions = 0
    for block, (before, after) in enumerate(pairwise(widths), start=1):
        # The encoder's block and its mirror: the smaller side has as many places in both.
        convolutions += 2 * KERNEL**2 * before * after * (size // 2**block) ** 2
    return convolutions + 3 * inner_features(model.channels, size) * model.latent


def training_images(pool: Mapping[str, int], training: Training) -> int:
    """Return how many images train a model.

    Parameters
    ----------
    pool : mapping of str to int
        Images of each label that trains the model.
    training : Training
        Shares of the pool.
    """
    smallest = min(pool.values())
    total = 0
    for count in pool.values():
        used = smallest if training.balanced else count
        total += round(training.fraction * (used - max(1, round(training.validation * used))))
    return total


def describe_sweeps(
    plans: Sequence[SweepPlan],
    pools: Mapping[str, Mapping[str, int]],
    *,
    size: int,
    image_channels: int,
    rate: float,
) -> str:
    """Return a table of what each sweep trains and about how long that takes.

    Parameters
    ----------
    plans : sequence of SweepPlan
        The sweeps.
    pools : mapping of str to mapping of str to int
        For each sweep the images of each label that trains it.
    size, image_channels
        As in :func:`operations`.
    rate : float
        Multiply-adds per core and second, see :data:`RATE`.
    """
    titles = ("sweep", "models", "trainings", "images", "epochs", "images × epochs", "core-hours")
    lines = [titles]
    totals = [0, 0, 0, 0.0]
    for plan in plans:
        images, epochs, passes, hours = set(), set(), 0, 0.0
        for each in plan.models:
            training = each.model.training
            count = training_images(pools[plan.name], training)
            seen = count * training.epochs * plan.seeds
            images.add(count)
            epochs.add(training.epochs)
            passes += seen
            work = operations(each.model, size=size, image_channels=image_channels)
            hours += seen * work / rate / 3600
        numbers = (len(plan.models), plan.trainings, passes, hours)
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        lines.append(_line(plan.name, numbers, _range(images), _range(epochs)))
    lines.append(_line("all", totals, "", ""))
    return "\n".join(_aligned(lines))


def count_images(folder: Path, samples: Sequence[str]) -> dict[str, int]:
    """Return the number of images of those samples that have some below a folder."""
    files = {sample: sorted(folder.glob(f"{sample}/*.keys.parquet")) for sample in samples}
    return {
        sample: sum(pq.read_metadata(path).num_rows for path in paths)
        for sample, paths in files.items()
        if paths
    }


def measured_rate(study: Path, benchmarks: Path, *, size: int, image_channels: int) -> float | None:
    """Return the rate of the trainings that were made already, the median; None without any.

    Parameters
    ----------
    study : path
        Folder with ``splits`` and ``models``.
    benchmarks : path
        Folder with the benchmark file of each training, ``<model>/<training>.tsv``.
    size, image_channels
        As in :func:`operations`.
    """
    rates = []
    for path in sorted(benchmarks.glob("*/*.tsv")):
        model, training = path.parent.name, path.stem
        made = study / "models" / model / training
        split, history = study / "splits" / f"{model}.parquet", made / "history.parquet"
        if split.is_file() and history.is_file():
            settings = Model.model_validate(read_description(made / "model.json")["model"])
            images = int((pd.read_parquet(split)["part"] == "train").sum())
            work = operations(settings, size=size, image_channels=image_channels)
            seconds = float(pd.read_csv(path, sep="\t")["cpu_time"].iloc[0])
            rates.append(images * pq.read_metadata(history).num_rows * work / seconds)
    return median(rates) if rates else None


def _line(
    name: str, numbers: Sequence[float], images: str, epochs: str
) -> tuple[str, str, str, str, str, str, str]:
    models, trainings, passes, hours = numbers
    said = f"{hours:.2g}" if hours < 10 else f"{hours:,.0f}"
    return name, f"{models:,}", f"{trainings:,}", images, epochs, f"{passes:,}", said


def _range(values: set[int]) -> str:
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells])
