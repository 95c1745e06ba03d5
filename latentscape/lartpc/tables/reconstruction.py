"""Tables of the chain from pixels to matched tracks."""

from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.tables import EVENT_COLUMNS, SAMPLE, TRACK_COLUMNS, Column, Table

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
