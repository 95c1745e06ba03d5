"""Tables of the numbers that a paper quotes."""

from latentscape.tables import Column, Table

PUBLISHED = Table(
    "published",
    "One published number of real data, to stand beside what a run finds",
    (
        Column("quantity", "string", "What was measured, as in the headline table"),
        Column("label", "string", "Sample or samples; empty for the model as a whole"),
        Column("value", "float64", "Published value, or the lower end of a range"),
        Column("value_high", "float64", "Upper end of the range", "", True),
        Column("remark", "string", "Why simulation and data may differ"),
        Column("source", "string", "Where it was published"),
    ),
    ("quantity", "label"),
)

HEADLINE = Table(
    "headline",
    "One number that a paper would quote, its spread over the trainings, and what was published",
    (
        Column("quantity", "string", "What is measured"),
        Column("label", "string", "Sample or samples; empty for the model as a whole"),
        Column("model", "string", "Model; empty for what depends on none"),
        Column("value", "float64", "Count, or mean over the trainings"),
        Column("spread", "float64", "Standard deviation over the trainings", "", True),
        Column("low", "float64", "Lower end of Student's 95 % interval of the mean", "", True),
        Column("high", "float64", "Upper end of Student's 95 % interval of the mean", "", True),
        Column("n_seeds", "int64", "Trainings; 0 for what depends on none"),
        Column("published", "float64", "Published value, or the lower end of a range", "", True),
        Column("published_high", "float64", "Upper end of the published range", "", True),
        Column("remark", "string", "Why simulation and data may differ"),
    ),
    ("quantity", "label", "model"),
)
