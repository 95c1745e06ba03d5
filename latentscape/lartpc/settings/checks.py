"""Configuration of what selected tracks are held against."""

from pydantic import Field, model_validator

from latentscape.lartpc.settings.types import Fraction, Positive, Species
from latentscape.settings import Settings


class TrackChoice(Settings):
    """The random forest that chooses one pair of clusters per event."""

    min_height: int = Field(
        default=6, gt=0, description="Clusters on fewer wires are no candidates [wires]"
    )
    trees: int = Field(default=100, gt=0, description="Trees of the forest")
    min_leaf: int = Field(default=2, gt=0, description="Least candidates in a leaf of a tree")
    folds: int = Field(
        default=5, gt=1, description="Folds of the labelled events; an event is in one fold"
    )
    min_probability: Fraction = Field(
        default=0.0, description="An event whose best candidate stays below has no track"
    )
    evaluate: str | None = Field(
        default=None,
        description="Simulated sample on which the choice is held against truth; by default the "
        "first of kaons, or the first of all",
    )


class BeamChecks(Settings):
    """The beam line held against the tracks."""

    mass_windows: dict[Species, tuple[float, float]] = Field(
        default={
            "muon": (-350.0, 350.0),
            "pion": (-350.0, 350.0),
            "kaon": (350.0, 650.0),
            "proton": (650.0, 1400.0),
            "deuteron": (1400.0, 2400.0),
        },
        description="Spectrometer masses, both ends included, that name a species [MeV/c²]",
    )
    upstream_cm: float = Field(
        default=0.0,
        ge=0,
        description="Argon that stops as much as what lies between the spectrometer and the active "
        "volume; none before the simulated detector [cm]",
    )
    edge_cm: float = Field(
        default=2.0,
        ge=0,
        description="A track that ends closer than this to a wall may have left [cm]",
    )
    tolerance: Positive = Field(
        default=0.1, description="Range and expected range agree within this relative difference"
    )
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")

    @model_validator(mode="after")
    def _ordered(self) -> "BeamChecks":
        for species, (low, high) in self.mass_windows.items():
            if low >= high:
                raise ValueError(
                    f"mass_windows.{species}: need lowest < highest, found {low, high}"
                )
        return self


class Contamination(Settings):
    """Shares of other species in a selected sample, by fits of templates."""

    templates: dict[Species, str] = Field(
        default={},
        description="Sample that shows what tracks of a species look like; by default the last "
        "sample of each species. Samples that are no template are fitted",
    )
    bins: int = Field(
        default=10, gt=1, description="Bins, which hold equal parts of the templates together"
    )
    toys: int = Field(default=200, gt=1, description="Toy samples of each fit")
    mixtures: int = Field(
        default=40, gt=1, description="Seeded mixtures of each known share in the closure"
    )
    shares: tuple[Fraction, ...] = Field(
        default=(0.0, 0.02, 0.05, 0.1), min_length=1, description="Known shares of the closure"
    )


class Populations(Settings):
    """Populations of tracks that are told apart: samples, and the picky tracks of each."""

    groups: tuple[tuple[tuple[str, str], ...], ...] | None = Field(
        default=None,
        description="Groups of pairs to tell apart, positive first; the first pair of a group is "
        "what its others are compared with. Named are samples, or the picky tracks of a sample "
        "(kaon_picky). By default each other species against the trained one, all tracks and "
        "picky ones; the first of them also with picky tracks on its side alone, and with further "
        "samples of both species",
    )
    subsets: int = Field(
        default=5,
        gt=1,
        description="How often as many tracks as a population has are taken at random and probed, "
        "to tell which tracks were chosen from how many",
    )


class HardCauses(Settings):
    """What is looked for among the tracks that are hard for the probes."""

    extreme_energy: float = Field(
        default=0.25,
        gt=0,
        le=0.5,
        description="Share of a sample's tracks that count as of low energy, and as of high energy",
    )
    other_charge: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Share of a track's true signal from which decay daughters, or other "
        "particles, count as part of it",
    )
