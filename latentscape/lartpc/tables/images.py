"""Tables of what images keep of their tracks."""

from latentscape.keys import TRACK_KEY
from latentscape.lartpc.tables.reconstruction import PLANE
from latentscape.tables import TRACK_COLUMNS, Column, Table

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
