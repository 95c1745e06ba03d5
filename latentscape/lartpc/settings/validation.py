"""Configuration of the validation."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from latentscape.lartpc.settings.samples import Sample, SimulateSample
from latentscape.lartpc.settings.types import Fraction, Positive, Species, TabulatedEnergy
from latentscape.settings import Settings


class Closure(Settings):
    """Simulated particles that are held against public tables."""

    energies: tuple[TabulatedEnergy, ...] = Field(
        default=(20.0, 50.0, 100.0, 200.0, 400.0, 600.0),
        min_length=1,
        description="Kinetic energies, within the public tables [MeV]",
    )
    particles: int = Field(default=400, gt=1, description="Particles per species and energy")
    layer_energies: tuple[TabulatedEnergy, ...] = Field(
        default=(100.0, 400.0),
        description="Kinetic energies at which the loss in a thin layer is measured [MeV]",
    )
    layers: int = Field(
        default=20000, gt=1, description="Particles per species and energy of the thin layer"
    )
    decays: int = Field(default=10000, gt=1, description="Kaons, and pions, that stop and decay")
    scattered: int = Field(
        default=2000, gt=1, description="Particles per species of the scattering check"
    )
    empty_events: int = Field(
        default=12, gt=1, description="Empty events per plane whose noise is measured"
    )
    pull_momenta: dict[Species, tuple[Positive, Positive]] = Field(
        default={"proton": (350.0, 800.0), "kaon": (350.0, 650.0), "muon": (120.0, 260.0)},
        description="Momenta of the particles whose calorimetry is held against truth [MeV/c]",
    )
    pull_events: int = Field(default=300, gt=1, description="Events per species of these")
    bootstrap: int = Field(
        default=200, gt=1, description="Bootstrap draws of pulse heights and of own calorimetry"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Closure":
        for species, (low, high) in self.pull_momenta.items():
            if low >= high:
                raise ValueError(
                    f"pull_momenta.{species}: need lowest < highest, found {low, high}"
                )
        return self


class Fidelity(Settings):
    """Models that learn the images of each resize, to compare what they learn."""

    trained_on: tuple[str, ...] = Field(
        default=(), description="Samples that train; the first sample of the study if empty"
    )
    epochs: int = Field(default=8, gt=0, description="Epochs of each training")
    fraction: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.5, description="Share of the training samples that is used"
    )
    shifted_tracks: int = Field(
        default=200, gt=0, description="Tracks that are moved along the drift to measure aliasing"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")


class StageScan(Settings):
    """Variants of clustering, matching and thresholds that are held against truth."""

    samples: tuple[str, ...] = Field(
        default=(), description="Simulated samples; the first of each species if empty"
    )
    events: int = Field(default=100, gt=0, description="Events of each sample")
    threshold_factors: tuple[Positive, ...] = Field(
        default=(0.5, 0.7, 1.0, 1.5, 2.0, 3.0),
        min_length=1,
        description="Thresholds in units of the detector's",
    )

    @model_validator(mode="after")
    def _each_once(self) -> "StageScan":
        for name in self.samples:
            if self.samples.count(name) > 1:
                raise ValueError(f"samples: {name!r} stands twice")
        return self


class Identification(Settings):
    """How well the PID statistics tell the species apart, by the truth."""

    pairs: tuple[tuple[Species, Species], ...] = Field(
        default=(
            ("kaon", "proton"),
            ("muon", "kaon"),
            ("pion", "kaon"),
            ("pion", "proton"),
            ("muon", "pion"),
            ("deuteron", "proton"),
        ),
        min_length=1,
        description="Species that are told apart: signal, background. The first pair is shown",
    )
    momentum_edges: tuple[Positive, ...] = Field(
        default=(100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 800, 1100),
        min_length=2,
        description="Edges of the bins in true momentum [MeV/c]",
    )
    length_edges: tuple[Annotated[float, Field(ge=0)], ...] = Field(
        default=(0, 5, 10, 15, 20, 30, 40, 50, 65, 90),
        min_length=2,
        description="Edges of the bins in true track length [cm]",
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")
    roc_points: int = Field(default=101, gt=1, description="Points of a ROC curve")
    foreign_share: Fraction = Field(
        default=0.1,
        description="A cluster in which other particles than the beam particle and its daughters "
        "hold more of the signal is a cause of failure",
    )
    daughters_share: Fraction = Field(
        default=0.1,
        description="A cluster in which the daughters hold more of the signal is a cause of "
        "failure",
    )
    few_points: int = Field(
        default=10, gt=0, description="A track with fewer measurements is a cause of failure"
    )
    worst: int = Field(default=3, gt=0, description="Worst cases of each species that are shown")

    @model_validator(mode="after")
    def _consistent(self) -> "Identification":
        for signal, background in self.pairs:
            if signal == background:
                raise ValueError(f"pairs: {signal!r} cannot be told from itself")
        if len(set(self.pairs)) < len(self.pairs):
            raise ValueError(f"pairs: one stands twice in {list(self.pairs)}")
        for name in ("momentum_edges", "length_edges"):
            edges = getattr(self, name)
            if any(low >= high for low, high in pairwise(edges)):
                raise ValueError(f"{name}: must grow, found {list(edges)}")
        return self


def _stopping(species: Species, momentum: tuple[float, float]) -> Sample:
    return Sample(species=species, simulate=SimulateSample(events=200, momentum=momentum))


class Validation(Settings):
    """The workflow held against truth, public tables and published methods."""

    samples: dict[str, Sample] = Field(
        default={
            "stopping_deuteron": _stopping("deuteron", (600, 1100)),
            "stopping_muon": _stopping("muon", (120, 260)),
            "stopping_pion": _stopping("pion", (130, 290)),
        },
        description="Simulated samples for the validation alone; keys as in samples.<sample>",
    )
    closure: Closure = Field(default=Closure(), description="Simulation against public tables")
    stages: StageScan = Field(default=StageScan(), description="Variants of the stages")
    identification: Identification = Field(
        default=Identification(), description="PID statistics against truth"
    )
    fidelity: Fidelity = Field(default=Fidelity(), description="Models of the image comparison")
    larsoft_templates: str | None = Field(
        default=None,
        description="ROOT file of LArSoft's templates (dEdxrestemplates.root), compared bin by "
        "bin; by default the bins quoted in resources/references",
    )
    sbn_calorimetry: str | None = Field(
        default=None,
        description="Flat SBN CAF file whose stored χ² is recomputed from its points, with "
        "larsoft_templates",
    )

    @model_validator(mode="after")
    def _only_simulated(self) -> "Validation":
        for name, sample in self.samples.items():
            if sample.simulate is None:
                raise ValueError(f"samples.{name}: has no truth; give 'simulate'")
        if self.sbn_calorimetry is not None and self.larsoft_templates is None:
            raise ValueError("sbn_calorimetry: needs larsoft_templates to be recomputed with")
        return self
