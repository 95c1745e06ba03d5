"""What the settings of several analyses use."""

from typing import Literal

Part = Literal["train", "validation", "held_out"]
