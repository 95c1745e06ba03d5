"""Tables of the simulation's truth, and of what is held against it."""

from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.tables.reconstruction import PLANE
from latentscape.tables import EVENT_COLUMNS, SAMPLE, TRACK_COLUMNS, Column, Table

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
