"""Tables of the beam line, and of the tracks held against it."""

from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.tables.identification import SPECIES
from latentscape.learning.tables import SEED
from latentscape.tables import EVENT_COLUMNS, SAMPLE, TRACK_COLUMNS, Column, Table

BEAMLINE = Table(
    "beamline",
    "What the upstream spectrometer says of one event",
    (
        *EVENT_COLUMNS,
        Column("momentum", "float64", "Momentum", "MeV/c"),
        Column("is_picky", "bool", "Exactly one clean spectrometer track"),
        Column(
            "mass", "float64", "Mass from momentum and time of flight; negative if m² < 0", "MeV/c²"
        ),
    ),
    EVENT_KEY,
)

BEAM_TRACKS = Table(
    "beam_tracks",
    "What the beam line and the track's own length say of one track, and what each species expects",
    (
        *TRACK_COLUMNS,
        Column("momentum", "float64", "Momentum from the beam line", "MeV/c"),
        Column("is_picky", "bool", "Exactly one clean spectrometer track"),
        Column("mass", "float64", "Spectrometer mass, negative if m² < 0", "MeV/c²"),
        Column("length", "float64", "Path length in space, from both planes", "cm"),
        Column("is_contained", "bool", "Whether the track ends away from all walls"),
        *(
            Column(
                f"expected_{species}",
                "float64",
                f"CSDA range of a {species} of this momentum in the active volume; missing if it "
                "stops before",
                "cm",
                True,
            )
            for species in SPECIES
        ),
    ),
    TRACK_KEY,
)

_MEDIAN_AND_WIDTH = (
    Column("median", "float64", "Median"),
    Column("median_low", "float64", "Lower end of its 95 % bootstrap interval"),
    Column("median_high", "float64", "Upper end of its 95 % bootstrap interval"),
    Column("width", "float64", "Half of the width of the central 68 %"),
    Column("width_low", "float64", "Lower end of its 95 % bootstrap interval"),
    Column("width_high", "float64", "Upper end of its 95 % bootstrap interval"),
)

_SHARE_INTERVAL = (
    Column("share_low", "float64", "Lower end of its 95 % interval (Wilson)"),
    Column("share_high", "float64", "Upper end of its 95 % interval (Wilson)"),
)

MASS_CHECKS = Table(
    "mass_checks",
    "Spectrometer mass of some events of one sample, against the known mass of its species; "
    "median and width are in MeV/c²",
    (
        SAMPLE,
        Column("events", "string", "all; track: those with a selected track; picky: those picky"),
        Column("known", "float64", "Known mass of the sample's species", "MeV/c²"),
        *_MEDIAN_AND_WIDTH,
        Column("share", "float64", "Share of masses inside the window of the species"),
        *_SHARE_INTERVAL,
        Column("n", "int64", "Events"),
    ),
    ("sample", "events"),
)

RANGE_CHECKS = Table(
    "range_checks",
    "Length of the tracks of one sample over the range that one species expects",
    (
        SAMPLE,
        Column("tracks", "string", "all; contained: those that end away from all walls"),
        Column("hypothesis", "string", "Species whose range is expected"),
        *_MEDIAN_AND_WIDTH,
        Column("share", "float64", "Share of tracks that agree within the tolerance"),
        *_SHARE_INTERVAL,
        Column("n", "int64", "Tracks whose range is expected to be above zero"),
    ),
    ("sample", "tracks", "hypothesis"),
)

SCORE_CHECKS = Table(
    "score_checks",
    "Which species mass and range name for the less and the more anomalous half of a sample",
    (
        SEED,
        SAMPLE,
        Column("half", "string", "lower or upper half by the anomaly score, or difference"),
        Column("check", "string", "mass: inside the window; range: nearest to the expected one"),
        Column("species", "string", "Species that is named; none where no window holds the mass"),
        Column("share", "float64", "Share of the tracks of this half, or upper - lower"),
        Column("share_low", "float64", "Lower end of the 95 % interval (Wilson; Newcombe)"),
        Column("share_high", "float64", "Upper end of the 95 % interval (Wilson; Newcombe)"),
        Column("n", "int64", "Tracks of this half, or of both"),
    ),
    ("seed", "sample", "half", "check", "species"),
)

CONTAMINATION = Table(
    "contamination",
    "Share of one species in one selected sample, by a fit of templates to one variable",
    (
        SAMPLE,
        Column("variable", "string", "chi2_difference (LArSoft χ²) or mass (spectrometer)"),
        Column("species", "string", "Species"),
        Column("template", "string", "Sample that shows what tracks of the species look like"),
        Column("share", "float64", "Share of the tracks"),
        Column("low", "float64", "Lower end of the 95 % interval of the profile likelihood"),
        Column("high", "float64", "Upper end of the 95 % interval of the profile likelihood"),
        Column("toy_low", "float64", "2.5 % quantile of toys of data and templates"),
        Column("toy_high", "float64", "97.5 % quantile of toys of data and templates"),
        Column("true_share", "float64", "True share, where the sample is simulated", "", True),
        Column(
            "true_other",
            "float64",
            "True share of tracks that are not the beam particle's, where simulated",
            "",
            True,
        ),
        Column("p_value", "float64", "Share of the toys that the templates fit worse"),
        Column("n", "int64", "Tracks that are fitted"),
        Column("n_template", "int64", "Tracks of the template"),
    ),
    ("sample", "variable", "species"),
)

CONTAMINATION_BINS = Table(
    "contamination_bins",
    "Tracks in one bin of a fit of templates, and those that one species brings",
    (
        SAMPLE,
        Column("variable", "string", "Variable of the fit"),
        Column("bin", "int64", "Number of the bin"),
        Column("species", "string", "Species"),
        Column("bin_low", "float64", "Lower edge; missing at the first bin, open below", "", True),
        Column("bin_high", "float64", "Upper edge; missing at the last bin, open above", "", True),
        Column("tracks", "int64", "Tracks in the bin"),
        Column("fitted", "float64", "Fitted tracks of the species"),
    ),
    ("sample", "variable", "bin", "species"),
)

CONTAMINATION_CLOSURE = Table(
    "contamination_closure",
    "Fits of mixtures in which the share of one species is known",
    (
        SAMPLE,
        Column("variable", "string", "Variable of the fit"),
        Column("species", "string", "Species that is mixed in"),
        Column("known_share", "float64", "Its share in the mixtures"),
        Column("mean", "float64", "Mean of the fitted shares"),
        Column("mean_low", "float64", "Lower end of its 95 % interval (Student)"),
        Column("mean_high", "float64", "Upper end of its 95 % interval (Student)"),
        Column("pull_mean", "float64", "Mean of the signed roots of the likelihood ratio"),
        Column("pull_width", "float64", "Standard deviation of these"),
        Column("covered", "float64", "Share of the 95 % intervals that hold the known share"),
        Column("covered_low", "float64", "Lower end of its 95 % interval (Wilson)"),
        Column("covered_high", "float64", "Upper end of its 95 % interval (Wilson)"),
        Column("mixtures", "int64", "Mixtures"),
        Column("n", "int64", "Tracks of a mixture"),
    ),
    ("sample", "variable", "species", "known_share"),
)
