"""Kinds of values that settings allow."""

from typing import Annotated, Literal

from pydantic import Field

Species = Literal["proton", "kaon", "pion", "muon", "deuteron"]

Positive = Annotated[float, Field(gt=0)]

Fraction = Annotated[float, Field(ge=0, le=1)]

TabulatedEnergy = Annotated[float, Field(ge=10, le=1000)]
