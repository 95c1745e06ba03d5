"""What every configuration model has in common."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A part of the configuration: immutable, and unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
