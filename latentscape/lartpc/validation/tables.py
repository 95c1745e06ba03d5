"""Every table of the validation: columns, types, units, meaning."""

from latentscape.lartpc.tables.truth import STAGES
from latentscape.tables import EVENT_COLUMNS, EVENT_KEY, SAMPLE, Column, Table

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
        Column("entries", "int64", "Hits in the bin"),
        Column("source", "string", "File and bin"),
    ),
    ("species", "residual_range"),
)

REFERENCE_CHI2 = Table(
    "reference_chi2",
    "One calorimetry point and what it gives to LArSoft's χ² and PIDA, worked out by hand",
    (
        Column("track", "int64", "Track"),
        Column("hit", "int64", "Number of the point along the track"),
        Column("residual_range", "float64", "Distance to the track's end", "cm"),
        Column("dedx", "float64", "Energy loss", "MeV/cm"),
        Column("branch", "string", "What becomes of the point"),
        Column("bin", "int64", "Bin of the template; 0 is its underflow"),
        Column(
            "expected", "float64", "Template, empty if the point does not count", "MeV/cm", True
        ),
        Column("error", "float64", "Error of the template", "MeV/cm", True),
        Column("resolution", "float64", "Resolution of the energy loss", "MeV/cm"),
        Column("term", "float64", "(dedx - expected)² / (error² + resolution²)", "", True),
        Column("pida", "float64", "dedx · residual_range^0.42 if it counts", "MeV/cm^0.58", True),
    ),
    ("track", "hit"),
)

REFERENCE_CHI2_TEMPLATE = Table(
    "reference_chi2_template",
    "The small template of REFERENCE_CHI2, with empty bins, as ROOT would hold it",
    (
        Column("bin", "int64", "Bin; the first is the underflow, the last the overflow"),
        Column("low", "float64", "Lower edge", "cm", True),
        Column("high", "float64", "Upper edge", "cm", True),
        Column("dedx", "float64", "Content, 0 if empty", "MeV/cm"),
        Column("error", "float64", "Error, 0 if empty", "MeV/cm"),
    ),
    ("bin",),
)

SBN_CHI2 = Table(
    "sbn_chi2",
    "LArSoft's χ² per point as an SBN file stores it, and recomputed from its points",
    (
        Column("entry", "int64", "Entry of the tree"),
        Column("track", "int64", "Track number in the entry's list"),
        Column("plane", "int64", "Wire plane: 0, 1 or 2"),
        Column("species", "string", "Hypothesis"),
        Column("stored", "float64", "Stored χ² per point", "", True),
        Column("recomputed", "float64", "Recomputed χ² per point", "", True),
        Column("stored_points", "int32", "Points in the stored χ²"),
        Column("recomputed_points", "int32", "Points in the recomputed χ²"),
    ),
    ("entry", "track", "plane", "species"),
)

CANDIDATES = {
    "density": "density 1.40 g/cm³, as in LArSoft's geometries",
    "excitation": "mean excitation energy 197 eV",
    "pitch": "mean over the argon of one wire",
    "hit_end": "residual range taken where the particle leaves a wire's argon",
    "most_probable": "most probable instead of mean loss",
    "restricted": "electrons above 0.3 MeV not counted",
    "step_end": "mean over a step, residual range taken at its end",
    "geant3": "the same with GEANT 3's interpolation between ten points per decade of energy",
}
"""What could make the LArSoft templates differ from the mean energy loss."""

TEMPLATE_OFFSETS = Table(
    "template_offsets",
    "Where a LArSoft template lies relative to our mean dE/dx, and what each cause predicts",
    (
        Column("species", "string", "Species"),
        Column("residual_range", "float64", "Centre of the bin", "cm"),
        Column("offset", "float64", "Template / mean energy loss by the formula - 1"),
        Column("error", "float64", "Its error: spread of the hits / √hits"),
        *(Column(name, "float64", f"Offset by: {text}") for name, text in CANDIDATES.items()),
    ),
    ("species", "residual_range"),
)

TEMPLATE_CAUSES = Table(
    "template_causes",
    "How well one cause alone accounts for the offset of the LArSoft templates",
    (
        Column("candidate", "string", "Cause, or none"),
        Column("species", "string", "Species, or all"),
        Column("points", "int64", "Bins from 1 to 25 cm"),
        Column("chi2", "float64", "χ² of the offsets against the prediction"),
        Column("predicted", "float64", "Mean predicted offset, weighted by the errors", "%"),
        Column("measured", "float64", "Mean offset with the same weights", "%"),
        Column("measured_error", "float64", "Its error", "%"),
        Column("factor", "float64", "Factor on the prediction that fits best", nullable=True),
        Column("factor_error", "float64", "Its error (1 σ)", nullable=True),
        Column("chi2_scaled", "float64", "χ² with that factor"),
    ),
    ("candidate", "species"),
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

_BEAM = (
    Column("species", "string", "Species"),
    Column("kinetic_energy", "float64", "Kinetic energy at the start", "MeV"),
)
_PARTICLE = Column("particle", "int64", "Number of the particle")

CLOSURE = Table(
    "closure",
    "One particle of the simulation closure, followed to its end in argon",
    (
        *_BEAM,
        _PARTICLE,
        Column("end", "string", "stopped, decayed_at_rest, decayed_in_flight or left"),
        Column("path", "float64", "Length of its path", "cm"),
        Column("depth", "float64", "Path along which the next column was lost", "cm"),
        Column("loss", "float64", "Energy lost; missing if it ended before", "MeV", nullable=True),
    ),
    ("species", "kinetic_energy", "particle"),
)

CLOSURE_LAYERS = Table(
    "closure_layers",
    "One particle of the simulation closure behind a layer of argon",
    (
        *_BEAM,
        Column("thickness", "float64", "Thickness of the layer", "cm"),
        _PARTICLE,
        Column("path", "float64", "Path after which the angles were read", "cm"),
        Column(
            "loss",
            "float64",
            "Energy lost in the layer; missing if it ended before",
            "MeV",
            nullable=True,
        ),
        Column("angle_x", "float64", "Angle to the first direction, projected on (x, z)", "rad"),
        Column("angle_y", "float64", "Angle to the first direction, projected on (y, z)", "rad"),
    ),
    ("species", "kinetic_energy", "thickness", "particle"),
)

CLOSURE_DECAYS = Table(
    "closure_decays",
    "One slow particle of the simulation closure and what it decayed into",
    (
        *_BEAM,
        _PARTICLE,
        Column("end", "string", "decayed_at_rest or decayed_in_flight"),
        Column("daughters", "string", "Geant4's names of the daughters, in alphabetical order"),
        Column("momenta", "list<float64>", "Their momenta, in the same order", "MeV/c"),
    ),
    ("species", "kinetic_energy", "particle"),
)

_SOURCE = Column("source", "string", "Calorimetry: external, or the own one of a wire plane")
_STATISTIC = Column("statistic", "string", "PID statistic")
_PAIR = (
    Column("signal", "string", "Species that is looked for"),
    Column("background", "string", "Species that it is told from"),
)
_CONTEST = (_SOURCE, _STATISTIC, *_PAIR)
_CONTEST_KEY = ("source", "statistic", "signal", "background")
_TRACK = Column("track", "int64", "The event's primary track; -1 if it has no calorimetry")


def _measured(name: str, meaning: str) -> tuple[Column, ...]:
    """Return a number with the ends of its interval; all are missing if nothing defines it."""
    return (
        Column(name, "float64", meaning, nullable=True),
        Column(f"{name}_low", "float64", "Lower end of its 95 % interval", nullable=True),
        Column(f"{name}_high", "float64", "Upper end of its 95 % interval", nullable=True),
    )


PID_SCORES = Table(
    "pid_scores",
    "How much one event's track looks like the signal and not like the background of a pair",
    (
        *_CONTEST,
        *EVENT_COLUMNS,
        _TRACK,
        Column("species", "string", "True species: signal or background"),
        Column("momentum", "float64", "True momentum at the entry", "MeV/c"),
        Column("length", "float64", "True path length in the active volume", "cm"),
        Column("leaves", "bool", "The particle leaves the volume: it has no residual range there"),
        Column("score", "float64", "Score, larger is more like the signal", nullable=True),
        Column("threshold", "float64", "The track is accepted above it", nullable=True),
    ),
    (*_CONTEST_KEY, *EVENT_KEY),
)

PID_PERFORMANCE = Table(
    "pid_performance",
    "How well one statistic tells apart two species whose particles end in the active volume, at "
    "rest or by a decay in flight: overall and in bins",
    (
        *_CONTEST,
        Column("binned_by", "string", "all, or true momentum [MeV/c] or length [cm] of the bin"),
        Column("bin_low", "float64", "Lower edge of the bin"),
        Column("bin_high", "float64", "Upper edge of the bin, excluded"),
        Column("n_signal", "int64", "Signal tracks with a score"),
        Column("n_background", "int64", "Background tracks with a score"),
        Column("signal_without", "int64", "Signal events without a track or score"),
        Column("background_without", "int64", "Background events without a track or score"),
        Column("signal_left", "int64", "Signal events left out: the particle leaves the volume"),
        Column("background_left", "int64", "Background events left out for the same reason"),
        *_measured("auc", "Area under the ROC curve"),
        Column("null_low", "float64", "Lower end of the AUC with permuted species", nullable=True),
        Column("null_high", "float64", "Upper end of the AUC with permuted species", nullable=True),
        *_measured("efficiency", "Share of the signal tracks with a score that is accepted"),
        *_measured(
            "efficiency_of_all", "The same of all signal events but those left out, score or not"
        ),
        *_measured("mistaken", "Share of the background tracks with a score that is accepted"),
        *_measured("purity", "Signal share of the accepted, for equal numbers of both species"),
        *_measured("found_purity", "Signal share of the accepted, in the numbers at hand"),
    ),
    (*_CONTEST_KEY, "binned_by", "bin_low", "bin_high"),
)

PID_ROC = Table(
    "pid_roc",
    "ROC curve of one statistic for one pair of species whose particles end in the active volume",
    (
        *_CONTEST,
        Column("mistaken", "float64", "Share of the background tracks that is accepted"),
        *_measured("efficiency", "Largest share of the signal tracks accepted at that price"),
    ),
    (*_CONTEST_KEY, "mistaken"),
)

PID_CONFUSION = Table(
    "pid_confusion",
    "How often one true species is taken for each hypothesis where the particle ends in the active "
    "volume",
    (
        _SOURCE,
        _STATISTIC,
        Column("species", "string", "True species"),
        Column("assigned", "string", "Hypothesis that fits best"),
        Column("tracks", "int64", "Tracks of that species and hypothesis"),
        Column("n", "int64", "Tracks of that species with a result"),
        Column("without", "int64", "Events of that species without a track or result"),
        Column("left", "int64", "Events of it left out: the particle leaves the volume"),
        *_measured("share", "tracks / n"),
    ),
    ("source", "statistic", "species", "assigned"),
)

PID_CAUSES = Table(
    "pid_causes",
    "Why the identification of one event's track may fail, by the truth",
    (
        _SOURCE,
        *EVENT_COLUMNS,
        _TRACK,
        Column("cause", "string", "First cause that applies, or none"),
    ),
    ("source", *EVENT_KEY),
)

PID_FAILURES = Table(
    "pid_failures",
    "How often the tracks of one species are mistaken where a cause of failure applies; particles "
    "that leave the volume count here too",
    (
        *_CONTEST,
        Column("species", "string", "True species: signal or background"),
        Column("cause", "string", "First cause that applies, or none"),
        Column("n", "int64", "Tracks to which it applies"),
        Column("failed", "int64", "Those of them that are mistaken for the other species"),
        *_measured("rate", "failed / n"),
        Column("share", "float64", "failed / all mistaken tracks of the species", nullable=True),
        Column("meaning", "string", "The cause, in one line"),
    ),
    (*_CONTEST_KEY, "species", "cause"),
)

_RESIZE = Column("resize", "string", "Resize: area or bilinear")
_QUANTITY = Column("quantity", "string", "What is measured")
_GROUP = Column("group", "string", "Sample, or labels told apart as 'positive vs negative'")
_OF_SPLIT = Column("part", "string", "validation or held_out; all for the probes")

RESIZE_LOSSES = Table(
    "resize_losses",
    "What one resize does to the images of one sample and plane",
    (
        Column("sample", "string", "Sample"),
        Column("plane", "string", "Wire plane"),
        _RESIZE,
        _QUANTITY,
        Column("value", "float64", "Measured value: a mean or share over the tracks"),
        Column("low", "float64", "Lower end of its 95 % interval"),
        Column("high", "float64", "Upper end of its 95 % interval"),
        Column("n", "int64", "Tracks it is measured on"),
        Column("meaning", "string", "What the number says, in one line"),
    ),
    ("sample", "plane", "resize", "quantity"),
)

FIDELITY = Table(
    "fidelity",
    "What one training has learnt from the images of one resize",
    (
        _RESIZE,
        Column("seed", "int64", "Number of the training; trainings of one number are paired"),
        _QUANTITY,
        _GROUP,
        _OF_SPLIT,
        Column("value", "float64", "Measured value"),
        Column("low", "float64", "Lower end of its 95 % interval over the tracks"),
        Column("high", "float64", "Upper end of its 95 % interval over the tracks"),
        Column("n", "int64", "Tracks it is measured on"),
    ),
    ("resize", "seed", "quantity", "group", "part"),
)

FIDELITY_DIFFERENCES = Table(
    "fidelity_differences",
    "How much more a model learns from area than from bilinear images, over paired trainings",
    (
        _QUANTITY,
        _GROUP,
        _OF_SPLIT,
        Column("area", "float64", "Mean over the trainings on area images"),
        Column("bilinear", "float64", "Mean over the trainings on bilinear images"),
        Column("difference", "float64", "Mean of the paired differences, area - bilinear"),
        Column("low", "float64", "Lower end of its 95 % interval over trainings", nullable=True),
        Column("high", "float64", "Upper end of its 95 % interval over trainings", nullable=True),
        Column("trainings", "int64", "Pairs of trainings"),
    ),
    ("quantity", "group", "part"),
)

VARIANT_KEY = (
    "sample",
    "clustering",
    "matching",
    "threshold_factor",
    "binned_by",
    "bin_low",
    "bin_high",
)

STAGE_VARIANTS = Table(
    "stage_variants",
    "How good one stage is for one sample in one variant, by the truth of the simulation",
    (
        SAMPLE,
        Column("clustering", "string", "Clustering method"),
        Column("matching", "string", "Matching method"),
        Column("threshold_factor", "float64", "Threshold in units of the detector's"),
        Column(
            "binned_by",
            "string",
            "all, or what is true of the binned events: kinetic_energy [MeV] or angle [rad] of the "
            "beam particle at the entry, pile_up (number of halo muons and further beam particles)",
        ),
        Column("bin_low", "float64", "Lower edge of the bin, included", nullable=True),
        Column("bin_high", "float64", "Upper edge; included in the last bin", nullable=True),
        *STAGES.columns[1:],
    ),
    (*VARIANT_KEY, *STAGES.key[1:]),
)

RESPONSE = Table(
    "response",
    "One number of the simulated detector's response, measured on charges and empty events",
    (
        Column("quantity", "string", "What is measured"),
        Column("plane", "string", "Wire plane, or both where it belongs to none"),
        Column(
            "at", "float64", "Where: dE/dx [MeV/cm], drift distance [cm] or frequency [kHz], or 0"
        ),
        Column("value", "float64", "Measured value, in the unit of the row"),
        Column("uncertainty", "float64", "Its statistical uncertainty (1 σ)"),
        Column("expected", "float64", "Expected value, where there is one", nullable=True),
        Column(
            "tolerance", "float64", "Largest deviation that passes, where it is checked", "", True
        ),
        Column("unit", "string", "Unit of the four numbers; empty for a pure number"),
    ),
    ("quantity", "plane", "at"),
)

PULSE_HEIGHTS = Table(
    "pulse_heights",
    "The highest sample of proton tracks on the wires of one plane",
    (
        Column("plane", "string", "Wire plane: induction or collection"),
        Column("wires", "int64", "Wires of all tracks"),
        Column("most_probable", "float64", "Most probable highest sample", "ADC"),
        Column("uncertainty", "float64", "Its bootstrap uncertainty (1 σ), over tracks", "ADC"),
        Column("bandwidth", "float64", "Width (σ) of the smoothing that finds it", "ADC"),
        Column("expected", "float64", "Working point of the detector", "ADC"),
        Column("tolerance", "float64", "Largest deviation that passes", "ADC"),
        Column("edges", "list<float64>", "Edges of the bins of a histogram", "ADC"),
        Column("counts", "list<int32>", "Wires in each bin"),
    ),
    ("plane",),
)

PULLS = Table(
    "pulls",
    "One collection hit of a simulated track: truth, noise-free and reconstructed calorimetry",
    (
        Column("species", "string", "Species of the beam particle"),
        Column("event", "int64", "Event number within the species"),
        Column("wire", "int64", "Collection wire"),
        Column("is_end", "bool", "Whether it is the first or last wire, that may be cut short"),
        Column("true_residual_range", "float64", "True path that was left", "cm"),
        Column("true_dedx", "float64", "Deposited energy per path on the wire", "MeV/cm"),
        Column("charge_dedx", "float64", "dE/dx from the charge, without any error", "MeV/cm"),
        Column("delta_share", "float64", "Part of the deposited energy that delta rays carried"),
        Column("predicted_bias", "float64", "Relative bias of it that recombination predicts"),
        Column("residual_range", "float64", "Reconstructed residual range", "cm"),
        Column("dedx", "float64", "Reconstructed dE/dx", "MeV/cm"),
        Column("is_found", "bool", "Whether the reconstruction keeps the hit"),
        Column(
            "dedx_pull", "float64", "dE/dx against the noise-free one, over its smearing", "", True
        ),
        Column(
            "deposit_pull", "float64", "dE/dx against the deposited, over its smearing", "", True
        ),
        Column(
            "residual_range_pull", "float64", "Error of the track's end over its spread", "", True
        ),
    ),
    ("species", "event", "wire"),
)

CALORIMETRY_COMPARISON = Table(
    "calorimetry_comparison",
    "One number on the calorimetry from a sample's own clusters, against truth or external table",
    (
        Column("sample", "string", "Sample"),
        Column("plane", "string", "Wire plane, or both for what both planes share"),
        Column("quantity", "string", "What is compared"),
        Column("from_cm", "float64", "Lowest residual range; 0 for whole tracks", "cm"),
        Column("to_cm", "float64", "Highest residual range; 0 for whole tracks", "cm"),
        Column("unit", "string", "Unit of the next three columns; empty for a pure number"),
        Column("value", "float64", "Value"),
        Column("low", "float64", "Lower end of the 95 % interval"),
        Column("high", "float64", "Upper end of the 95 % interval"),
        Column("n", "int64", "Tracks it is measured on"),
        Column("meaning", "string", "What the number says, in one line"),
    ),
    ("sample", "plane", "quantity", "from_cm", "to_cm"),
)
