"""Columns that every estimate has: its interval, its null, its spread over the trainings."""

from latentscape.tables import Column


def interval(name: str) -> tuple[Column, ...]:
    """Return the columns of a number's interval and null."""
    return (
        Column("low", "float64", f"Lower end of the 95 % bootstrap interval of {name}"),
        Column("high", "float64", f"Upper end of the 95 % bootstrap interval of {name}"),
        Column("null_low", "float64", f"2.5 % quantile of {name} under permutation"),
        Column("null_high", "float64", f"97.5 % quantile of {name} under permutation"),
    )


def summary(name: str) -> tuple[Column, ...]:
    """Return the columns of a number's mean, spread and interval over the trainings."""
    return (
        Column("n_seeds", "int64", "Trainings"),
        Column("mean", "float64", f"Mean of {name} over the trainings"),
        Column("spread", "float64", "Standard deviation over the trainings", nullable=True),
        Column("low", "float64", "Lower end of Student's 95 % interval of the mean", nullable=True),
        Column(
            "high", "float64", "Upper end of Student's 95 % interval of the mean", nullable=True
        ),
    )


CONFUSION = (
    Column("label", "string", "True label"),
    Column("assigned", "string", "Label that the rows are taken for"),
    Column("rows", "int64", "Rows of the one taken for the other"),
    Column("share", "float64", "Share of the rows of the true label"),
    Column("low", "float64", "Lower end of Wilson's 95 % interval of the share"),
    Column("high", "float64", "Upper end of Wilson's 95 % interval of the share"),
    Column("n", "int64", "Rows of the true label"),
)


def maybe_interval(name: str) -> tuple[Column, ...]:
    """Return the columns of interval and null of a number that may be undefined."""
    return tuple(
        Column(column.name, column.type, column.meaning, column.unit, nullable=True)
        for column in interval(name)
    )
