"""Configuration of the analyses of a latent space, for every study."""

from typing import Literal

from pydantic import Field

from latentscape.settings import Settings

Part = Literal["train", "validation", "held_out"]


class Correlation(Settings):
    """Rank correlations of latent dimensions and features."""

    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=500, gt=1, description="Permutations of each null")


class Probes(Settings):
    """Classifiers that read the label from the latents."""

    tasks: tuple[tuple[str, str], ...] | None = Field(
        default=None,
        description="Pairs of samples to tell apart, positive first; by default each sample that "
        "a model was not trained on against the first that it was",
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are used. No part has seen a label in training, "
        "but a model may know its training images better than others: leave 'train' out to rule "
        "that out, at the price of few rows of the trained label",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    max_pair_dimensions: int = Field(
        default=8, ge=0, description="Pairs are probed in models of at most this many dimensions"
    )
    hidden: tuple[int, ...] = Field(
        default=(16,), min_length=1, description="Units in each hidden layer of the MLP"
    )
    penalty: float = Field(default=10.0, ge=0, description="L2 penalty of the MLP's weights")
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class AnomalyScores(Settings):
    """Scores that say how strange a row is."""

    neighbours: int = Field(default=10, gt=0, description="Nearest training rows of the kNN score")
    components: int = Field(default=4, gt=0, description="Components of the Gaussian mixture")


class AnomalyPerformance(Settings):
    """How well the scores tell unseen labels from the trained ones."""

    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")
    roc_points: int = Field(
        default=201, gt=1, description="Equidistant false-positive rates of a ROC curve, 0 to 1"
    )


class Anomaly(Settings):
    """Anomaly scores and their performance."""

    scores: AnomalyScores = Field(default=AnomalyScores(), description="The scores")
    performance: AnomalyPerformance = Field(
        default=AnomalyPerformance(), description="Their performance"
    )


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


class Analyses(Settings):
    """The analyses of every model's latent space."""

    correlation: Correlation = Field(default=Correlation(), description="Rank correlations")
    probes: Probes = Field(default=Probes(), description="Label probes")
    anomaly: Anomaly = Field(default=Anomaly(), description="Anomaly detection")
    map: Map = Field(default=Map(), description="UMAP")
    traversal: Traversal = Field(default=Traversal(), description="Latent traversal")
