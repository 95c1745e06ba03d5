"""What a user can say of a run that nothing else knows."""

from typing import Literal

from pydantic import Field

from latentscape.settings import Settings


class Agent(Settings):
    """Who ran the workflow."""

    name: str = Field(min_length=1, description="Name of the person or organisation")
    kind: Literal["Person", "Organization"] = Field(
        default="Person", description="Whether this is a person or an organisation"
    )
    identifier: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="Web address that identifies them, as https://orcid.org/… or https://ror.org/…",
    )


class Provenance(Settings):
    """What the record of a run says besides what the computer knows."""

    agent: Agent | None = Field(
        default=None, description="Who runs the workflow; without it, nobody is named"
    )
    host_name: bool = Field(default=False, description="Whether the computer's name is recorded")
    license: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.+-]+$",
        description="SPDX name of the licence of the results; without it, that of the workflow",
    )
