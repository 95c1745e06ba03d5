"""Configuration of the analyses of a latent space, for every study."""

from typing import Literal

from pydantic import Field, field_validator

from latentscape.learning.scores import SCORES
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
    shuffles: int = Field(
        default=10, gt=1, description="Fits to shuffled labels, which show what chance alone gives"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class Agreement(Settings):
    """How far probes of different kinds and trainings agree on single rows."""

    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=500, gt=1, description="Permutations of each null")


class HardCases(Settings):
    """Rows that are hard for all probes of all trainings."""

    wrong: float = Field(
        default=0.8, gt=0, le=1, description="Share of wrong calls from which a row is hard"
    )
    unsure: float = Field(
        default=0.75,
        ge=0.5,
        lt=1,
        description="Nobody is sure of a row if no probe gives a label more than this probability",
    )
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")
    shown: int = Field(default=4, gt=0, description="Rows of each kind in the figure, at most")


class Multiclass(Settings):
    """Probes that tell more than two labels apart at once."""

    label: Literal["species", "sample"] = Field(
        default="species", description="What the label of a row is: its sample, or its species"
    )
    wanted: tuple[str, ...] | None = Field(
        default=None,
        min_length=3,
        description="Labels to tell apart; all that have as many rows as there are folds if not "
        "given",
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are used",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    hidden: tuple[int, ...] = Field(
        default=(16,), min_length=1, description="Units in each hidden layer of the MLP"
    )
    penalty: float = Field(default=10.0, ge=0, description="L2 penalty of the MLP's weights")
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=500, gt=1, description="Permutations of each null")


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


class Variance(Settings):
    """What the variance of each latent dimension consists of."""

    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")


class Dimensions(Settings):
    """Which latent dimensions a model uses."""

    threshold: float = Field(
        default=0.01, ge=0, description="Mean KL divergence from which a dimension is active [nat]"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")


class Content(Settings):
    """Ridge regression and an MLP that read the features from all latents."""

    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    ridge_penalty: float = Field(default=1.0, ge=0, description="L2 penalty of ridge regression")
    hidden: tuple[int, ...] = Field(
        default=(32, 32), min_length=1, description="Units in each hidden layer of the MLP"
    )
    mlp_penalty: float = Field(default=1.0, ge=0, description="L2 penalty of the MLP's weights")
    mlp_iterations: int = Field(
        default=200, gt=0, description="Steps of the MLP's optimiser (L-BFGS) at most"
    )
    repeats: int = Field(
        default=5, gt=0, description="How often a dimension is shuffled for its importance"
    )
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(
        default=20, gt=1, description="Fits of ridge regression to shuffled features, for the null"
    )
    mlp_permutations: int = Field(
        default=2, gt=0, description="Fits of the MLP to shuffled features, for the null"
    )


class Information(Settings):
    """Mutual information of single dimensions and features."""

    neighbours: int = Field(default=3, gt=0, description="Neighbours of the estimator")
    subsamples: int = Field(
        default=20, gt=1, description="Halves of the rows from which the interval is estimated"
    )
    permutations: int = Field(default=500, gt=1, description="Permutations of the null")


class Within(Settings):
    """Probes that tell the rows of one label apart by a feature."""

    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


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


class Capacity(Settings):
    """What a training does with its latent dimensions."""

    active_variance: float = Field(
        default=0.01,
        ge=0,
        description="A dimension is active if its posterior mean has a larger variance",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the probes of features")
    bootstrap: int = Field(default=200, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")


class Trends(Settings):
    """What changes along the axes of a sweep."""

    gain: float = Field(
        default=0.95, gt=0, le=1, description="Share of the whole gain that is looked for"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=9999, gt=1, description="Permutations of each p-value")


class Mixtures(Settings):
    """Gaussian mixtures of the latents, held against the labels."""

    label: Literal["species", "sample"] = Field(
        default="species", description="What the label of a row is: its sample, or its species"
    )
    label_sets: tuple[tuple[str, ...], ...] | None = Field(
        default=None,
        description="Labels whose rows are fitted together, besides all; by default the first one "
        "that a model was trained on with the first that it was not",
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are fitted",
    )
    max_components: int = Field(default=12, gt=0, description="Largest number of components")
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class NormalPid(Settings):
    """One normal distribution of the latents per label."""

    label: Literal["species", "sample"] = Field(
        default="species", description="What the label of a row is: its sample, or its species"
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are used",
    )
    prior: Literal["flat", "shares"] = Field(
        default="flat",
        description="Whether all labels are as likely beforehand, or as frequent as in the rows",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class Disentanglement(Settings):
    """Single latent dimensions held against single true factors."""

    samples: tuple[str, ...] | None = Field(
        default=None,
        description="Simulated samples, each looked at for itself; by default the first one that "
        "a model was trained on and the first that it was not, as far as they are simulated",
    )
    bins: int = Field(
        default=10, gt=1, description="Equally full bins of dimensions and factors (MIG)"
    )
    folds: int = Field(default=5, gt=1, description="Folds of the regression (DCI)")
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")


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


class Comparison(Settings):
    """Two samples that are compared."""

    name: str = Field(min_length=1, description="What the tables and figures call it")
    first: str = Field(description="Name of the first sample, such as one of real data")
    second: str = Field(description="Name of the second sample, such as its simulation")


class PlantedShift(Settings):
    """A difference that is put in on purpose."""

    labels: tuple[str, str] | None = Field(
        default=None,
        description="Samples that are mixed; by default the first that a model was trained on and "
        "the first other one",
    )
    shift: float = Field(
        default=7.0,
        gt=0,
        lt=50,
        description="How far the share of the first is moved from one half [percentage points]",
    )


class TwoSampleTests(Settings):
    """Tests of two samples."""

    folds: int = Field(default=5, gt=1, description="Folds of the logistic test")
    hidden: tuple[int, ...] = Field(
        default=(16,), min_length=1, description="Units in each hidden layer of the MLP"
    )
    penalty: float = Field(default=10.0, ge=0, description="L2 penalty of the MLP's weights")
    test_share: float = Field(
        default=0.5, gt=0, lt=1, description="Share of the rows that judges the MLP"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=999, gt=1, description="Permutations of each null")
    max_rows: int = Field(
        default=10_000, gt=1, description="Rows of both samples that are used at most"
    )
    level: float = Field(
        default=0.01, gt=0, lt=1, description="Samples differ where a corrected p-value is below"
    )


class ShiftPower(Settings):
    """Which shifts of a mixture the tests find."""

    shifts: tuple[float, ...] = Field(
        default=(0, 3, 5, 7, 10, 15), min_length=1, description="Shifts [percentage points]"
    )
    rows: tuple[int, ...] = Field(
        default=(2000, 5000),
        description="Rows per side, besides as many as the planted shift has",
    )
    draws: int = Field(default=100, gt=0, description="Pairs of sides drawn for each shift")
    null_draws: int = Field(default=400, gt=99, description="Pairs drawn without shift")
    pool: int = Field(
        default=5000, gt=1, description="Rows of both labels that are drawn from, at most"
    )


class TwoSample(Settings):
    """Whether two samples of latents differ."""

    comparisons: tuple[Comparison, ...] = Field(
        default=(),
        description="Samples to compare, besides training with validation rows, two halves of "
        "one sample, and the planted shift",
    )
    planted: PlantedShift = Field(default=PlantedShift(), description="The planted shift")
    tests: TwoSampleTests = Field(default=TwoSampleTests(), description="The tests")
    power: ShiftPower = Field(default=ShiftPower(), description="The study of their power")


class Analyses(Settings):
    """The analyses of every model's latent space."""

    correlation: Correlation = Field(default=Correlation(), description="Rank correlations")
    probes: Probes = Field(default=Probes(), description="Label probes")
    agreement: Agreement = Field(default=Agreement(), description="Agreement of the probes")
    hard_cases: HardCases = Field(default=HardCases(), description="Rows that are hard for all")
    multiclass: Multiclass = Field(default=Multiclass(), description="Several labels at once")
    anomaly: Anomaly = Field(default=Anomaly(), description="Anomaly detection")
    map: Map = Field(default=Map(), description="UMAP")
    variance: Variance = Field(default=Variance(), description="Variance decomposition")
    dimensions: Dimensions = Field(default=Dimensions(), description="Active dimensions")
    content: Content = Field(default=Content(), description="Reading the features")
    information: Information = Field(default=Information(), description="Mutual information")
    within: Within = Field(default=Within(), description="Features within a label")
    traversal: Traversal = Field(default=Traversal(), description="Latent traversal")
    walks: Walks = Field(default=Walks(), description="Walks from chosen rows")
    capacity: Capacity = Field(default=Capacity(), description="Use of the latent dimensions")
    trends: Trends = Field(default=Trends(), description="Trends along a sweep")
    mixtures: Mixtures = Field(default=Mixtures(), description="Mixtures against labels")
    normal_pid: NormalPid = Field(default=NormalPid(), description="Normal distribution per label")
    disentanglement: Disentanglement = Field(
        default=Disentanglement(), description="Dimensions against true factors"
    )
    explorer: Explorer = Field(default=Explorer(), description="Interactive page")
    two_sample: TwoSample = Field(default=TwoSample(), description="Two-sample tests")
