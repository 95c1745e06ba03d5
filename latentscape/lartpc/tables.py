"""Every table of the LArTPC study: columns, types, units, meaning."""

from latentscape.evaluation.tables import (
    CONFUSION,
    map_table,
    probe_scores_table,
    scores_table,
    verdicts_table,
)
from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.learning.tables import SEED, latents_table, split_table
from latentscape.tables import EVENT_COLUMNS, SAMPLE, TRACK_COLUMNS, Column, Table

SPECIES = ("proton", "kaon", "pion", "muon", "deuteron")
PLANE = Column("plane", "string", "Wire plane: induction or collection")

PIXELS = (
    Column("wire", "list<int16>", "Wire of each pixel", "wire"),
    Column("tick", "list<int16>", "Drift tick of each pixel", "tick"),
    Column("adc", "list<int16>", "Pulse height of each pixel above the pedestal", "ADC"),
)

HITS = Table(
    "hits",
    "The zero-suppressed pixels of one plane in one event (none is allowed)",
    (
        *EVENT_COLUMNS,
        PLANE,
        Column("pedestal", "float32", "Median over the wires of each wire's median", "ADC"),
        Column(
            "noise", "float32", "Median over the wires of 1.4826 × median absolute deviation", "ADC"
        ),
        Column("absent_wires", "int32", "Wires without data in this event", "wire"),
        *PIXELS,
    ),
    (*EVENT_KEY, "plane"),
)

BOX = (
    Column("first_wire", "int32", "First wire", "wire"),
    Column("last_wire", "int32", "Last wire", "wire"),
    Column("first_tick", "int32", "First tick", "tick"),
    Column("last_tick", "int32", "Last tick", "tick"),
    Column("height", "int32", "Number of wires spanned: last - first + 1", "wire"),
    Column("width", "int32", "Number of ticks spanned: last - first + 1", "tick"),
    Column("entry_tick", "int32", "Tick of the highest ADC on the first wire", "tick"),
    Column("n_pixels", "int32", "Number of pixels"),
    Column("charge", "int64", "Sum of the ADC", "ADC"),
    Column("max_adc", "int32", "Highest ADC", "ADC"),
    Column("min_adc", "int32", "Lowest ADC", "ADC"),
    Column("varies", "bool", "Whether the per-wire maximum is not constant"),
)

CLUSTERS = Table(
    "clusters",
    "One cluster of pixels in one plane",
    (
        *EVENT_COLUMNS,
        PLANE,
        Column(
            "cluster", "int64", "Cluster number within event and plane, by (first wire, first tick)"
        ),
        *BOX,
        *PIXELS,
    ),
    (*EVENT_KEY, "plane", "cluster"),
)

CUT_FLOW = Table(
    "cut_flow",
    "How many clusters and events survive up to and including one step",
    (
        SAMPLE,
        Column("plane", "string", "Wire plane, or both for events and tracks"),
        Column("step", "int64", "Order of the step"),
        Column("cut", "string", "Name of the step"),
        Column("survivors", "int64", "Clusters (or events, or tracks) that are left"),
        Column("events", "int64", "Events that hold one of them"),
    ),
    ("sample", "plane", "step"),
)


def _of_plane(plane: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(
        Column(f"{plane}_{c.name}", c.type, f"{c.meaning} ({plane})", c.unit, c.nullable)
        for c in columns
    )


TRACKS = Table(
    "tracks",
    "One pair of clusters, matched across the planes",
    (
        *TRACK_COLUMNS,
        Column("induction_cluster", "int64", "Cluster number in the induction plane"),
        Column("score", "float64", "Matching score, the smaller the better"),
        *_of_plane("collection", (*BOX, *PIXELS)),
        *_of_plane("induction", (*BOX, *PIXELS)),
    ),
    TRACK_KEY,
)

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

CALORIMETRY = Table(
    "calorimetry",
    "Residual range and dE/dx along the primary track of one event, as reconstructed",
    (
        *EVENT_COLUMNS,
        Column("residual_range", "list<float64>", "Distance to the track's end", "cm"),
        Column("dedx", "list<float64>", "Energy loss", "MeV/cm"),
    ),
    EVENT_KEY,
)

TRACK_CALORIMETRY = Table(
    "track_calorimetry",
    "Residual range and dE/dx along one track in one plane, from its own clusters",
    (
        *TRACK_COLUMNS,
        PLANE,
        Column("n_points", "int32", "Measured wires"),
        Column("length", "float64", "Path length between the track's ends", "cm"),
        Column("angle", "float64", "Angle between start, end and the beam axis", "rad"),
        Column("end_x", "float64", "Drift coordinate of the end", "cm"),
        Column("end_y", "float64", "Height of the end", "cm"),
        Column("end_z", "float64", "Depth of the end", "cm"),
        Column("wire", "list<int16>", "Measured wires, from the entry to the end", "wire"),
        Column("drift", "list<float32>", "Drift distance on each wire", "cm"),
        Column("residual_range", "list<float64>", "Path from each wire to the end", "cm"),
        Column("pitch", "list<float32>", "Path across each wire", "cm"),
        Column("dqdx", "list<float32>", "Charge that left the track, per path", "electrons/cm"),
        Column("dedx", "list<float64>", "Energy loss", "MeV/cm"),
    ),
    (*TRACK_KEY, "plane"),
)

SBN_CALORIMETRY = Table(
    "sbn_calorimetry",
    "Calorimetry of one track in one plane of an SBN flat CAF file, and the χ² stored with it",
    (
        Column("entry", "int64", "Entry of the tree"),
        Column("track", "int64", "Track number in the entry's list, of all slices"),
        Column("plane", "int64", "Wire plane: 0, 1 or 2"),
        Column("n_points", "int32", "Points in the stored χ²"),
        *(
            Column(f"chi2_{species}", "float64", f"Stored χ² per point, {species}", "", True)
            for species in SPECIES[:4]
        ),
        Column("residual_range", "list<float64>", "Distance to the track's end", "cm"),
        Column("dedx", "list<float64>", "Energy loss", "MeV/cm"),
    ),
    ("entry", "track", "plane"),
)

TRUTH = Table(
    "truth",
    "What was simulated in one event; only evaluation may read it",
    (
        *EVENT_COLUMNS,
        Column("species", "string", "Species of the beam particle"),
        Column("momentum", "float64", "True momentum at the entry", "MeV/c"),
        Column("kinetic_energy", "float64", "True kinetic energy at the entry", "MeV"),
        Column("entry_x", "float64", "Drift coordinate of the entry", "cm"),
        Column("entry_y", "float64", "Height of the entry", "cm"),
        Column("angle", "float64", "Angle to the beam axis at the entry", "rad"),
        Column("length", "float64", "Path length in the active volume", "cm"),
        Column("end", "string", "stopped, decayed_at_rest, decayed_in_flight or left"),
        Column("end_x", "float64", "Drift coordinate of the end", "cm"),
        Column("end_y", "float64", "Height of the end", "cm"),
        Column("end_z", "float64", "Depth of the end", "cm"),
        Column("daughters", "string", "Geant4 names of the decay daughters, space between them"),
        Column("halo_muons", "int32", "Halo muons in the event"),
        Column("pile_up", "int32", "Further beam particles in the event"),
        Column("blips", "int32", "Low-energy deposits in the event"),
    ),
    EVENT_KEY,
)

TRUE_PIXELS = Table(
    "true_pixels",
    "The pixels of one plane in one event with noiseless charge, and whose charge it is",
    (
        *EVENT_COLUMNS,
        PLANE,
        Column("wire", "list<int16>", "Wire of each pixel", "wire"),
        Column("tick", "list<int16>", "Drift tick of each pixel", "tick"),
        Column(
            "particle",
            "list<int16>",
            "Dominant particle: 0 beam particle, 1 its daughters, 2 halo, 3 pile-up, 4 blip",
        ),
        Column("share", "list<float32>", "Share of the dominant particle in the absolute signal"),
        Column("signal", "list<float32>", "Noiseless signal", "ADC"),
    ),
    (*EVENT_KEY, "plane"),
)

PID = Table(
    "pid",
    "How one track's energy loss fits each hypothesis, by three statistics, and its PIDA",
    (
        *TRACK_COLUMNS,
        Column("n_points", "int32", "Measurements in chi2"),
        *(
            Column(f"{kind}_{species}", "float64", f"{meaning}, {species} hypothesis", unit, True)
            for kind, meaning, unit in (
                ("chi2", "Mean of (measured - expected)² / expected per hit", "MeV/cm"),
                ("chi2_larsoft", "LArSoft χ² per point, end points dropped", ""),
                (
                    "log_likelihood",
                    "Mean ln of the Landau-Gauss density · MeV/cm, end points dropped",
                    "",
                ),
                ("offset", "What the likelihood adds to the residual range", "cm"),
            )
            for species in SPECIES
        ),
        Column("pida", "float64", "Median of dE/dx · (residual range)^0.42", "MeV/cm^0.58", True),
        Column(
            "is_reversed",
            "bool",
            "The likeliest allowed hypothesis fits better with the track's ends exchanged",
        ),
        Column("hypothesis", "string", "Allowed hypothesis with the smallest χ²", "", True),
        Column(
            "hypothesis_larsoft", "string", "Allowed one with the smallest LArSoft χ²", "", True
        ),
        Column(
            "hypothesis_likelihood", "string", "Allowed one with the largest likelihood", "", True
        ),
    ),
    TRACK_KEY,
)

EXPECTED_DEDX = Table(
    "expected_dedx",
    "Expected energy loss of one species at one residual range",
    (
        Column("species", "string", "Species"),
        Column("residual_range", "float64", "Residual range", "cm"),
        Column("dedx", "float64", "Mean energy loss", "MeV/cm"),
        Column("most_probable", "float64", "Most probable energy loss in a layer", "MeV/cm"),
        Column(
            "landau_width",
            "float64",
            "Width ξ of Landau's density that is as wide as the losses in that layer",
            "MeV/cm",
        ),
    ),
    ("species", "residual_range"),
)

FEATURE_NAMES = (
    "total_adc",
    "mean_adc",
    "median_adc",
    "std_adc",
    "max_adc",
    "adc_entropy",
    "n_pixels",
    "solidity",
    "fill_fraction",
    "bragg_peak_height",
    "bragg_peak_position",
    "bragg_peak_ratio",
    "bragg_peak_to_median",
    "end_vs_start_ratio",
    "first_quartile_mean",
    "last_quartile_mean",
    "bragg_rise_slope",
    "peak_integral_fraction",
    "bragg_peak_width",
    "profile_cv",
    "monotonic_rise_fraction",
    "relative_peak_energy",
    "profile_skewness",
    "profile_kurtosis",
    "n_local_maxima",
)
FEATURE_LABELS = {
    "total_adc": ("log(total ADC)", ""),
    "mean_adc": ("mean ADC over the box", "ADC"),
    "median_adc": ("median pixel", "ADC"),
    "std_adc": ("pixel spread", "ADC"),
    "max_adc": ("highest pixel", "ADC"),
    "adc_entropy": ("normalised ADC entropy", ""),
    "n_pixels": ("signal pixels", ""),
    "solidity": ("solidity", ""),
    "fill_fraction": ("fill fraction", ""),
    "bragg_peak_height": ("Bragg peak height", "ADC"),
    "bragg_peak_position": ("Bragg peak position", ""),
    "bragg_peak_ratio": ("Bragg peak / mean", ""),
    "bragg_peak_to_median": ("Bragg peak / median", ""),
    "end_vs_start_ratio": ("end / start", ""),
    "first_quartile_mean": ("first-quartile mean", "ADC"),
    "last_quartile_mean": ("last-quartile mean", "ADC"),
    "bragg_rise_slope": ("Bragg rise slope", "ADC/wire"),
    "peak_integral_fraction": ("charge in the last 15 %", ""),
    "bragg_peak_width": ("Bragg peak FWHM", "wire"),
    "profile_cv": ("profile spread / mean", ""),
    "monotonic_rise_fraction": ("rising steps", ""),
    "relative_peak_energy": ("charge within ±10 % of peak", ""),
    "profile_skewness": ("profile skewness", ""),
    "profile_kurtosis": ("log profile kurtosis", ""),
    "n_local_maxima": ("local maxima", ""),
}

# What the features say: how much charge there is and where along the track, or which shape.
TOPOLOGY = (
    "n_pixels",
    "solidity",
    "fill_fraction",
    "bragg_peak_position",
    "bragg_peak_width",
    "monotonic_rise_fraction",
    "profile_skewness",
    "profile_kurtosis",
    "n_local_maxima",
)
FEATURE_FAMILIES = {
    "calorimetry": tuple(name for name in FEATURE_NAMES if name not in TOPOLOGY),
    "topology": TOPOLOGY,
}

FEATURES = Table(
    "features",
    "The 25 features of one track, from its collection-plane cluster",
    (
        *TRACK_COLUMNS,
        *(
            Column(name, "float64", FEATURE_LABELS[name][0], FEATURE_LABELS[name][1], True)
            for name in FEATURE_NAMES
        ),
    ),
    TRACK_KEY,
)

FEATURE_GAPS = Table(
    "feature_gaps",
    "How many tracks lack a feature, and why",
    (
        SAMPLE,
        Column("feature", "string", "Feature"),
        Column("reason", "string", "Why it is undefined"),
        Column("tracks", "int64", "Tracks that lack it for this reason"),
    ),
    ("sample", "feature", "reason"),
)

RESIZING = Table(
    "resizing",
    "What one resize keeps of one track in one plane",
    (
        *TRACK_COLUMNS,
        PLANE,
        Column("resize", "string", "Resize: area or bilinear"),
        Column("charge", "int64", "Charge on the last wires of the cluster, that are kept", "ADC"),
        Column(
            "image_charge",
            "float64",
            "Sum of the image; for bilinear times the area of its pixels on the canvas",
            "ADC",
        ),
        Column("kept", "float64", "image_charge / charge"),
        Column("peak_row", "float64", "Row of the canvas with most charge (Bragg peak)", "wire"),
        Column(
            "image_peak_row",
            "float64",
            "Centre, on the canvas, of the image's row with most",
            "wire",
        ),
    ),
    (*TRACK_KEY, "plane", "resize"),
)

ALIASING = Table(
    "aliasing",
    "The image of one track in one plane, moved along the drift by a part of an image column",
    (
        *TRACK_COLUMNS,
        PLANE,
        Column("resize", "string", "Resize: area or bilinear"),
        Column("shift", "int64", "How far the track is moved on the canvas", "tick"),
        Column("weight", "float64", "Part of the tick that lies within one image column", "tick"),
        Column("kept", "float64", "Charge of the image over that of the track, as in resizing"),
        Column(
            "distance",
            "float64",
            "Distance to the unmoved image, moved as far, over the size of an image; missing for "
            "empty images",
            "",
            True,
        ),
    ),
    (*TRACK_KEY, "plane", "resize", "shift"),
)

CLUSTER_TRUTH = Table(
    "cluster_truth",
    "The true signal in one cluster; cluster -1 is the signal in no cluster of its plane and event",
    (
        *EVENT_COLUMNS,
        PLANE,
        Column("cluster", "int64", "Cluster number, or -1"),
        Column("signal", "float64", "Noiseless signal above zero", "ADC"),
        Column("beam_signal", "float64", "The beam particle's part of it", "ADC"),
        Column("daughter_signal", "float64", "The part of the beam particle's daughters", "ADC"),
    ),
    (*EVENT_KEY, "plane", "cluster"),
)

STAGES = Table(
    "stages",
    "How good one stage is for one sample, by the truth of the simulation",
    (
        SAMPLE,
        Column("stage", "string", "Stage: clusters, cuts, matching, or all of them"),
        Column("plane", "string", "Wire plane, or both"),
        Column(
            "quantity",
            "string",
            "efficiency, purity, loss, splits, merges and others; of the charge where the name "
            "says so",
        ),
        Column("value", "float64", "Measured value; missing if n is 0", nullable=True),
        Column("low", "float64", "Lower end of the 68 % interval", nullable=True),
        Column("high", "float64", "Upper end of the 68 % interval", nullable=True),
        Column("n", "int64", "Events, clusters or tracks it is measured on"),
        Column("meaning", "string", "What the number says, in one line"),
    ),
    ("sample", "stage", "plane", "quantity"),
)

PUBLISHED = Table(
    "published",
    "One published number of real data, to stand beside what a run finds",
    (
        Column("quantity", "string", "What was measured, as in the headline table"),
        Column("label", "string", "Sample or samples; empty for the model as a whole", "", True),
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
        Column("label", "string", "Sample or samples; empty for the model as a whole", "", True),
        Column("model", "string", "Model; empty for what depends on none", "", True),
        Column("value", "float64", "Count, or mean over the trainings"),
        Column("spread", "float64", "Standard deviation over the trainings", "", True),
        Column("low", "float64", "Lower end of Student's 95 % interval of the mean", "", True),
        Column("high", "float64", "Upper end of Student's 95 % interval of the mean", "", True),
        Column("n_seeds", "int64", "Trainings; 0 for what depends on none"),
        Column("published", "float64", "Published value, or the lower end of a range", "", True),
        Column("published_high", "float64", "Upper end of the published range", "", True),
        Column("remark", "string", "Why simulation and data may differ", "", True),
    ),
    ("quantity", "label", "model"),
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

PAIR = (
    Column("collection_cluster", "int64", "Cluster number in the collection plane"),
    Column("induction_cluster", "int64", "Cluster number in the induction plane"),
)
PAIR_KEY = (*EVENT_KEY, *(column.name for column in PAIR))

CHOICES = Table(
    "choices",
    "The clusters of one event that are the beam particle's: -1 is none, missing is not yet chosen",
    (*EVENT_COLUMNS, *(Column(c.name, c.type, c.meaning, c.unit, nullable=True) for c in PAIR)),
    EVENT_KEY,
)

PAIR_FEATURES = {
    "collection_first_wire": "First wire, collection",
    "collection_entry_tick": "Tick of the highest ADC on it",
    "collection_height": "Number of wires spanned, collection",
    "collection_width": "Number of ticks spanned, collection",
    "induction_first_wire": "First wire, induction",
    "induction_entry_tick": "Tick of the highest ADC on it",
    "induction_height": "Number of wires spanned, induction",
    "induction_width": "Number of ticks spanned, induction",
    "induction_total_adc": "Log of the sum of the ADC, induction",
    "induction_max_adc": "Highest ADC, induction",
    "log_score": "Log of 1 + matching score",
}

CANDIDATES = Table(
    "candidates",
    "One pair of clusters that may be the beam particle's: the collection cluster's features, its "
    "partner and how well they match",
    (
        *EVENT_COLUMNS,
        *PAIR,
        *(
            Column(name, "float64", FEATURE_LABELS[name][0], FEATURE_LABELS[name][1], True)
            for name in FEATURE_NAMES
        ),
        *(Column(name, "float64", meaning) for name, meaning in PAIR_FEATURES.items()),
    ),
    PAIR_KEY,
)

SCORED_CANDIDATES = Table(
    "scored_candidates",
    "The forest's opinion of one candidate, out of fold where its event is labelled",
    (
        *EVENT_COLUMNS,
        *PAIR,
        Column("probability", "float64", "Probability that it is the beam particle's"),
        Column("margin", "float64", "Lead over the event's best other one; 1 if alone"),
        Column("is_chosen", "bool", "Whether it becomes the event's track"),
        Column("is_labelled", "bool", "Whether its event has a label"),
    ),
    PAIR_KEY,
)

TRACK_CHOICE = Table(
    "track_choice",
    "How well one way to choose a track per event does, by the truth of a simulated sample",
    (
        SAMPLE,
        Column(
            "method",
            "string",
            "forest, forest_sure (probability of 0.5 at least), selection (cuts and matching), "
            "tallest or random",
        ),
        Column("quantity", "string", "efficiency, efficiency_found, purity or chosen"),
        Column("value", "float64", "Share", nullable=True),
        Column("low", "float64", "Lower end of its 95 % interval (Wilson)"),
        Column("high", "float64", "Upper end of its 95 % interval (Wilson)"),
        Column("passed", "int64", "Events that have it"),
        Column("n", "int64", "Events it is a share of"),
        Column("meaning", "string", "What the number says, in one line"),
    ),
    ("sample", "method", "quantity"),
)

FACTOR_LABELS = {
    "kinetic_energy": ("energy at entry", "MeV"),
    "angle": ("angle to the beam", "rad"),
    "length": ("path length", "cm"),
    "decays": ("decays", ""),
    "decays_in_flight": ("decays in flight", ""),
    "decay_depth": ("depth of decay", "cm"),
    "entry_x": ("entry, drift", "cm"),
    "entry_y": ("entry, height", "cm"),
}

TRUE_FACTORS = Table(
    "true_factors",
    "What is true of the beam particle that one track shows; only evaluation may read it",
    (
        *TRACK_COLUMNS,
        Column("kinetic_energy", "float64", "Kinetic energy at the entry", "MeV"),
        Column("angle", "float64", "Angle to the beam axis at the entry", "rad"),
        Column("length", "float64", "Path length in the active volume", "cm"),
        Column("decays", "float64", "1 if it decays in the active volume, 0 if not"),
        Column("decays_in_flight", "float64", "1 if it decays before it stops", "", True),
        Column("decay_depth", "float64", "Depth at which it decays", "cm", True),
        Column("entry_x", "float64", "Drift coordinate of the entry", "cm"),
        Column("entry_y", "float64", "Height of the entry", "cm"),
    ),
    TRACK_KEY,
)

_METHOD = (
    SEED,
    Column(
        "method",
        "string",
        "latents (normal distributions), or the calorimetric chi2, chi2_larsoft or likelihood, "
        "which are the same in every training",
    ),
)

LATENT_PID = Table(
    "latent_pid",
    "How well latents and calorimetry tell the same tracks' species, of the allowed hypotheses",
    (
        *_METHOD,
        Column("score", "string", "accuracy or balanced_accuracy"),
        Column("value", "float64", "The score"),
        Column("low", "float64", "Lower end of the 95 % bootstrap interval of the score"),
        Column("high", "float64", "Upper end of the 95 % bootstrap interval of the score"),
        Column("null_low", "float64", "2.5 % quantile of the score under permutation"),
        Column("null_high", "float64", "97.5 % quantile of the score under permutation"),
        Column("n", "int64", "Tracks"),
    ),
    ("seed", "method", "score"),
)

LATENT_PID_CONFUSION = Table(
    "latent_pid_confusion",
    "Tracks of one species that a method takes for another",
    (*_METHOD, *CONFUSION),
    ("seed", "method", "label", "assigned"),
)

HARD_CAUSES = Table(
    "hard_causes",
    "How frequent a trait is among tracks that are hard for the probes, and among the others",
    (
        Column("task", "string", "Samples told apart, as 'positive vs negative'"),
        Column("label", "string", "Sample of the tracks"),
        Column("kind", "string", "wrong (nearly all probes are) or unsure (all are)"),
        Column(
            "trait",
            "string",
            "True end, low_energy, high_energy, halo or pile_up in the event, daughters or "
            "foreign_charge in the clusters",
        ),
        Column("hard_share", "float64", "Share of the hard tracks that have it", "", True),
        Column("hard_low", "float64", "Lower end of its 95 % interval (Wilson)"),
        Column("hard_high", "float64", "Upper end of its 95 % interval (Wilson)"),
        Column("n_hard", "int64", "Hard tracks"),
        Column("other_share", "float64", "Share of the other tracks that have it", "", True),
        Column("other_low", "float64", "Lower end of its 95 % interval (Wilson)"),
        Column("other_high", "float64", "Upper end of its 95 % interval (Wilson)"),
        Column("n_other", "int64", "Other tracks"),
        Column("odds_ratio", "float64", "Odds of a hard track over those of another", "", True),
        Column("odds_low", "float64", "Lower end of its exact 95 % interval", "", True),
        Column("odds_high", "float64", "Upper end of its exact 95 % interval", "", True),
        Column("p_value", "float64", "Fisher's exact test, two-sided"),
        Column("p_holm", "float64", "The same, corrected over the traits"),
    ),
    ("task", "label", "kind", "trait"),
)

PROBE_SCORES = probe_scores_table(TRACK_COLUMNS)
VERDICTS = verdicts_table(TRACK_COLUMNS)
LATENTS = latents_table(TRACK_COLUMNS)
SPLIT = split_table(TRACK_COLUMNS)
MAP = map_table(TRACK_COLUMNS)
ANOMALY_SCORES = scores_table(TRACK_COLUMNS, None)
