"""Configuration of the chain from pixels to images and hypotheses."""

from typing import Literal

from pydantic import Field, model_validator

from latentscape.lartpc.settings.types import Positive, Species
from latentscape.settings import Settings


class Clustering(Settings):
    """How signal pixels become clusters."""

    method: Literal["connected", "longest", "max_adc_ratio", "seeded"] = Field(
        default="connected",
        description="connected: all 8-connected regions; longest: the one with most wires; "
        "max_adc_ratio: the one with the largest max/min ADC; seeded: grown from the highest ADC",
    )
    seed_threshold: float | None = Field(
        default=None,
        gt=0,
        description="Threshold of 'seeded' [ADC]; one sixth of the seed if not given",
    )
    min_pixels: int = Field(
        default=1, gt=0, description="Smaller clusters are not recorded [pixels]"
    )


class Cuts(Settings):
    """Which clusters may be a stopping beam track."""

    height: tuple[int, int] = Field(
        default=(10, 179), description="Bounds of the number of wires, both excluded [wires]"
    )
    width: tuple[int, int] | None = Field(
        default=None, description="Bounds of the extent in ticks, both excluded [ticks]"
    )
    varying_profile: bool = Field(
        default=True, description="Refuse clusters whose per-wire maximum is constant"
    )
    entry_window: bool = Field(default=True, description="Apply the detector's entry window")


class Weights(Settings):
    """Weights of the squared differences in the matching score."""

    first_tick: float = Field(default=1.0, ge=0, description="Weight of the first tick [1/tick²]")
    last_tick: float = Field(default=1.0, ge=0, description="Weight of the last tick [1/tick²]")
    first_wire: float = Field(default=1.0, ge=0, description="Weight of the first wire [1/wire²]")
    last_wire: float = Field(default=1.0, ge=0, description="Weight of the last wire [1/wire²]")
    height: float = Field(default=1.0, ge=0, description="Weight of the height [1/wire²]")


class Matching(Settings):
    """How the clusters of the two planes are paired."""

    method: Literal["greedy", "optimal"] = Field(
        default="greedy",
        description="greedy: one-to-one from the lowest score; optimal: least sum of scores",
    )
    weights: Weights = Field(default=Weights(), description="Weights of the score")
    max_score: float | None = Field(
        default=None, gt=0, description="Pairs with a higher score are not matched"
    )


class Pid(Settings):
    """Calorimetric particle identification."""

    species: tuple[Species, ...] = Field(
        default=("proton", "kaon", "pion", "muon", "deuteron"),
        description="Species whose χ² and likelihood are computed",
        min_length=2,
    )
    hypotheses: tuple[Species, ...] = Field(
        default=("proton", "kaon"),
        min_length=2,
        description="The hypothesis of a track is the one of these with the smallest χ²",
    )
    template: str | None = Field(
        default=None,
        description="Files of expected mean dE/dx: two-column text, with {species} in the name, or "
        "one ROOT file of LArSoft's templates; by default the Bethe-Bloch formula",
    )
    larsoft_templates: str | None = Field(
        default=None,
        description="ROOT file of LArSoft's templates (dEdxrestemplates.root) for the LArSoft χ²; "
        "by default the expected dE/dx in bins of the same width",
    )
    max_dedx: Positive = Field(
        default=100.0,
        description="Measurements above are dropped where a calorimetry table is read [MeV/cm]",
    )
    step_cm: Positive = Field(default=0.05, description="Step of the expected curve [cm]")
    max_range_cm: Positive = Field(default=100.0, description="Longest residual range [cm]")
    thickness_cm: Positive = Field(
        default=0.46,
        description="Argon that a track crosses per wire, for the most probable dE/dx: a pitch of "
        "4 mm seen at 60° [cm]",
    )
    likelihood_resolution: Positive = Field(
        default=0.08,
        description="Gaussian part (σ) of the likelihood's response, over the expected dE/dx",
    )
    max_offset_cm: float = Field(
        default=1.0,
        ge=0,
        description="Largest error of a track's end that the likelihood fits: two wires [cm]",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Pid":
        unknown = [name for name in self.hypotheses if name not in self.species]
        if unknown:
            raise ValueError(f"hypotheses: {unknown[0]!r} is not among species {self.species}")
        template = self.template or ".root"
        if "{species}" not in template and not template.endswith(".root"):
            raise ValueError(
                f"template: {template!r} is no .root file and has no {{species}} in its name"
            )
        if self.max_range_cm < self.step_cm:
            raise ValueError(f"max_range_cm: {self.max_range_cm} is below step_cm {self.step_cm}")
        return self

    @property
    def template_files(self) -> tuple[str, ...]:
        """Return the files of expected dE/dx: none, one ROOT file, or one text per species."""
        if self.template is None or self.template.endswith(".root"):
            return () if self.template is None else (self.template,)
        return tuple(self.template.format(species=name) for name in self.species)


class Calorimetry(Settings):
    """Residual range and dE/dx from a track's own clusters."""

    recombination: Literal["box", "birks"] = Field(
        default="box", description="Recombination that is undone: modified box or Birks"
    )
    end: Literal["last_wire", "bragg_peak"] = Field(
        default="bragg_peak",
        description="Where a track stops: on the last wire of its cluster, or where the charge "
        "drops behind its highest part, which leaves out the daughters of a decay",
    )
    min_wires: int = Field(
        default=3, gt=0, description="Tracks with fewer measured wires in a plane have no row"
    )


class Images(Settings):
    """How a track becomes a two-channel image."""

    size: int = Field(default=48, gt=0, description="Height and width of the image [pixels]")
    wires: int = Field(default=50, gt=0, description="The last wires of a track that are kept")
    canvas_ticks: int = Field(default=1502, gt=0, description="Width of the canvas [ticks]")
    max_width: int = Field(default=1500, gt=0, description="Wider tracks are refused [ticks]")
    resize: Literal["area", "bilinear"] = Field(
        default="area",
        description="area conserves charge; bilinear samples two ticks per pixel, as published",
    )
