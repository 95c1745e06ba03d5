"""Configuration of the two-sample tests."""

from pydantic import Field

from latentscape.settings import Settings


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
