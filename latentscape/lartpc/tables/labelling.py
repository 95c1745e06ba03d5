"""Tables of the choice of one track per event."""

from latentscape.keys import EVENT_KEY
from latentscape.lartpc.tables.features import FEATURE_LABELS, FEATURE_NAMES
from latentscape.tables import EVENT_COLUMNS, SAMPLE, Column, Table

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
