"""Configuration of maps, walks and the interactive page."""

from typing import Literal

from pydantic import Field

from latentscape.settings import Settings


class Map(Settings):
    """Two-dimensional UMAP of the latents."""

    neighbours: int = Field(default=30, gt=1, description="Neighbours of a row")
    min_dist: float = Field(
        default=0.1, ge=0, le=1, description="Least distance of two rows on the map"
    )
    epochs: int = Field(default=500, gt=0, description="Epochs in which the places are optimised")
    trainings: int = Field(
        default=1, gt=0, description="How many trainings are mapped, the lowest numbers first"
    )


class Traversal(Settings):
    """Images decoded along each latent dimension."""

    sigmas: float = Field(
        default=2.0, gt=0, description="How far from the mean, in standard deviations"
    )
    steps: int = Field(default=9, gt=1, description="Images per dimension")


Key = dict[str, str | int]


class Walks(Settings):
    """Walks through the latent space that start at chosen rows."""

    starts: tuple[Key, ...] | None = Field(
        default=None,
        description="Keys of the rows from which each dimension is walked along, such as "
        "{sample: a, run: 1, subrun: 0, event: 7, track: 2}; by default the row of each sample "
        "with the median reconstruction error",
    )
    pairs: tuple[tuple[Key, Key], ...] | None = Field(
        default=None,
        description="Pairs of keys between which is interpolated; by default from the default "
        "row of the first sample that a model was trained on to that of each other sample",
    )
    path: Literal["linear", "spherical"] = Field(
        default="linear",
        description="linear: straight in the latents; spherical: along the great circle, with "
        "the length in between",
    )


class Explorer(Settings):
    """The page on which the latents can be explored."""

    training: int = Field(default=0, ge=0, description="Number of the training that is shown")
    softening: float = Field(
        default=20.0,
        gt=0,
        description="Image values up to about this are coloured linearly, larger ones "
        "logarithmically, in the unit of the images",
    )
    rows_per_file: int = Field(
        default=64, gt=0, description="Points whose images and values are loaded together"
    )
    display_kb: int = Field(
        default=150, gt=0, description="Size of a file of events, all loaded together [kB]"
    )
    page_points: int = Field(
        default=700,
        gt=0,
        description="Most points on the page in one file, which the report holds; of more, "
        "some are drawn at random. A report in one file shows no page above 1.5 MB",
    )
