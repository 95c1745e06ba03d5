"""Every table of the validation: columns, types, units, meaning."""

from latentscape.tables import Column, Table

VALIDATION = Table(
    "validation",
    "One comparison with something that the workflow did not make, and its verdict",
    (
        Column("check", "string", "What is compared"),
        Column("group", "string", "The part of the physics that it belongs to"),
        Column("source", "string", "Where the expected value comes from"),
        Column("unit", "string", "Unit of the next four columns; empty for a pure number"),
        Column("expected", "float64", "Expected value"),
        Column("measured", "float64", "Measured value", nullable=True),
        Column("uncertainty", "float64", "Its statistical uncertainty (1 σ)", nullable=True),
        Column("tolerance", "float64", "Largest deviation that passes"),
        Column("verdict", "string", "pass, fail, or explained: off by what the cause predicts"),
        Column("shift", "float64", "Deviation that the known cause predicts"),
        Column("cause", "string", "The known cause of a deviation"),
    ),
    ("group", "check"),
)

REFERENCE_CSDA = Table(
    "reference_csda",
    "Stopping power and CSDA range in liquid argon, quoted from public tables",
    (
        Column("species", "string", "Species"),
        Column("kinetic_energy", "float64", "Kinetic energy", "MeV"),
        Column("stopping_power", "float64", "Mean energy loss per mass depth", "MeV cm²/g"),
        Column("range", "float64", "CSDA range", "g/cm²"),
        Column("source", "string", "Public table"),
    ),
    ("species", "kinetic_energy"),
)

REFERENCE_TEMPLATES = Table(
    "reference_templates",
    "LArSoft's expected dE/dx against residual range, quoted about every centimetre",
    (
        Column("species", "string", "Species"),
        Column("residual_range", "float64", "Centre of the bin", "cm"),
        Column("dedx", "float64", "Expected energy loss", "MeV/cm"),
        Column("error", "float64", "Spread of the hits in the bin", "MeV/cm"),
        Column("source", "string", "File and bin"),
    ),
    ("species", "residual_range"),
)

REFERENCE_NUMBERS = Table(
    "reference_numbers",
    "Single numbers quoted from publications",
    (
        Column("name", "string", "What it is"),
        Column("value", "float64", "Value"),
        Column("uncertainty", "float64", "Its published uncertainty; 0 if exact"),
        Column("unit", "string", "Unit; empty for a pure number", nullable=True),
        Column("source", "string", "Publication"),
    ),
    ("name",),
)
