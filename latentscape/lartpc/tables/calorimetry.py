"""Tables of energy loss along tracks."""

from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.tables.identification import SPECIES
from latentscape.lartpc.tables.reconstruction import PLANE
from latentscape.tables import EVENT_COLUMNS, TRACK_COLUMNS, Column, Table

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
