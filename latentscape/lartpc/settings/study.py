"""All steps of the study."""

from pydantic import Field

from latentscape.lartpc.settings.checks import (
    BeamChecks,
    Contamination,
    HardCauses,
    Populations,
    TrackChoice,
)
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.settings.steps import Calorimetry, Clustering, Cuts, Images, Matching, Pid
from latentscape.lartpc.settings.validation import Validation
from latentscape.settings import Settings


class Lartpc(Settings):
    """The LArTPC study."""

    simulation: Simulation = Field(default=Simulation(), description="The simulated test beam")
    clustering: Clustering = Field(default=Clustering(), description="Clustering")
    cuts: Cuts = Field(default=Cuts(), description="Cuts on clusters")
    matching: Matching = Field(default=Matching(), description="Matching of the planes")
    calorimetry: Calorimetry = Field(
        default=Calorimetry(), description="Calorimetry from a track's own clusters"
    )
    pid: Pid = Field(default=Pid(), description="Calorimetric particle identification")
    images: Images = Field(default=Images(), description="Images")
    beam_checks: BeamChecks = Field(
        default=BeamChecks(), description="The beam line held against the tracks"
    )
    contamination: Contamination = Field(
        default=Contamination(), description="Shares of other species in the selected samples"
    )
    track_choice: TrackChoice = Field(
        default=TrackChoice(), description="Choice of one track per event in clean samples"
    )
    populations: Populations = Field(
        default=Populations(), description="Populations that the probes tell apart"
    )
    hard_causes: HardCauses = Field(
        default=HardCauses(), description="What the hard cases of the probes are"
    )
    shard_mb: int = Field(
        default=500,
        gt=0,
        description="Real files are processed in parts of at most this size: larger files are "
        "divided, smaller ones put together, unless the sample's shards say otherwise [MB]",
    )
    validation: Validation = Field(
        default=Validation(), description="The workflow held against truth and public references"
    )
