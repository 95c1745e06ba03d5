"""Configuration of what is asked about the features in the latents."""

from pydantic import Field

from latentscape.settings import Settings


class Correlation(Settings):
    """Rank correlations of latent dimensions and features."""

    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=500, gt=1, description="Permutations of each null")


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
