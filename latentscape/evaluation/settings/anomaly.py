"""Configuration of the anomaly scores."""

from pydantic import Field, field_validator

from latentscape.learning.scores import SCORES
from latentscape.settings import Settings


class FlowScore(Settings):
    """The normalising flow of the latents."""

    transforms: int = Field(default=3, gt=0, description="Spline transforms on top of each other")
    hidden: tuple[int, ...] = Field(
        default=(32, 32), min_length=1, description="Units in each hidden layer of a transform"
    )
    bins: int = Field(default=8, gt=1, description="Bins of each spline")
    epochs: int = Field(default=200, gt=0, description="Most epochs")
    batch: int = Field(default=128, gt=0, description="Rows per step")
    learning_rate: float = Field(default=5e-3, gt=0, description="Learning rate of Adam")
    patience: int = Field(default=15, gt=0, description="Epochs without progress before it stops")
    validation: float = Field(
        default=0.2, gt=0, lt=1, description="Share of the training rows kept to see progress"
    )


class ImportanceScore(Settings):
    """The importance-weighted bound of the likelihood."""

    samples: int = Field(default=4, gt=0, description="Samples of the posterior per image")


class RegretScore(Settings):
    """The likelihood regret."""

    steps: int = Field(default=12, gt=0, description="Steps of Adam per image")
    learning_rate: float = Field(
        default=0.2, gt=0, description="Learning rate of Adam, in units of the latents"
    )
    samples: int = Field(
        default=2,
        gt=0,
        description="Samples, each with its mirror image, on which before and after are compared",
    )


class AnomalyScores(Settings):
    """Scores that say how strange a row is."""

    wanted: tuple[str, ...] | None = Field(
        default=None, description="Names of the scores to compute; all if not given"
    )
    neighbours: int = Field(default=10, gt=0, description="Nearest training rows of the kNN score")
    components: int = Field(default=4, gt=0, description="Components of the Gaussian mixture")
    trees: int = Field(default=200, gt=0, description="Trees of the isolation forest")
    flow: FlowScore = Field(default=FlowScore(), description="Normalising flow")
    importance: ImportanceScore = Field(
        default=ImportanceScore(), description="Importance-weighted bound"
    )
    regret: RegretScore = Field(default=RegretScore(), description="Likelihood regret")

    @field_validator("wanted")
    @classmethod
    def _are_known(cls, wanted: tuple[str, ...] | None) -> tuple[str, ...] | None:
        unknown = sorted(set(wanted or ()) - set(SCORES))
        if unknown:
            raise ValueError(f"no score {unknown[0]!r}; allowed are {', '.join(SCORES)}")
        if wanted == ():
            raise ValueError("an empty list wants no score; leave it out for all")
        return wanted


class AnomalyPerformance(Settings):
    """How well the scores tell unseen labels from the trained ones."""

    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")
    roc_points: int = Field(
        default=201,
        gt=1,
        description="False-positive rates of a ROC curve, from that of one inlier to 1 in equal "
        "ratios",
    )


class Anomaly(Settings):
    """Anomaly scores and their performance."""

    scores: AnomalyScores = Field(default=AnomalyScores(), description="The scores")
    performance: AnomalyPerformance = Field(
        default=AnomalyPerformance(), description="Their performance"
    )
