"""Configuration of samples."""

from typing import Literal

from pydantic import Field, model_validator

from latentscape.lartpc.settings.types import Fraction, Positive, Species
from latentscape.settings import Settings


class SimulateSample(Settings):
    """What one simulated sample holds."""

    events: int = Field(gt=0, description="Number of triggers")
    momentum: tuple[float, float] = Field(
        description="Range of a flat momentum spectrum at the entry of the TPC [MeV/c]"
    )
    through_going: Fraction = Field(
        default=0.0,
        description="Share of events with momentum above the range, so the track leaves",
    )
    contamination: dict[Species, Fraction] = Field(
        default={}, description="Share of events that hold another species"
    )
    activity: float = Field(
        default=10.0, ge=0, description="Mean number of low-energy deposits (blips) in the readout"
    )
    halo: float = Field(default=0.3, ge=0, description="Mean number of halo muons per event")
    pile_up: float = Field(
        default=0.1, ge=0, description="Mean number of further beam particles per event"
    )
    layout: Literal["channel-mapped", "flat"] = Field(
        default="flat", description="Layout of the raw ROOT file"
    )
    tree: str = Field(default="ana/raw", description="Name of the raw tree")

    @model_validator(mode="after")
    def _sensible(self) -> "SimulateSample":
        low, high = self.momentum
        if not 0 < low < high:
            raise ValueError(f"momentum: need 0 < lowest < highest, found [{low}, {high}]")
        if sum(self.contamination.values()) > 1:
            raise ValueError("contamination: the shares add up to more than 1")
        return self


class Histograms(Settings):
    """Names of the two-dimensional histograms that hold one event's planes."""

    induction: str = Field(description="Histogram of the induction plane, without cycle")
    collection: str = Field(description="Histogram of the collection plane, without cycle")


class Frames(Settings):
    """A Wire-Cell archive of NumPy frames (tar of .npy files)."""

    tag: str = Field(description="Frame tag, as in frame_<tag>_<event>.npy")
    scale: Positive = Field(
        default=1.0,
        description="Electrons per count: values are divided by it and rounded to 16 bit",
    )


class CutsOverride(Settings):
    """Cuts of one sample that differ from the study's."""

    height: tuple[int, int] | None = Field(
        default=None, description="Bounds of the number of wires, both excluded [wires]"
    )
    width: tuple[int, int] | None = Field(
        default=None, description="Bounds of the extent in ticks, both excluded [ticks]"
    )


class Clean(Settings):
    """How one track per event is chosen in a clean sample."""

    events: str | None = Field(
        default=None,
        description="CSV file with the columns run, subrun, event: only these events are used; by "
        "default all of the sample",
    )
    choose: Literal["forest", "hand", "matching"] = Field(
        default="forest",
        description="forest: the pair of clusters that a random forest finds likeliest, trained on "
        "the labels; hand: the labels themselves; matching: the pair on most collection wires, of "
        "these the one that matches best",
    )
    labels: str | None = Field(
        default=None,
        description="TSV file of choices, as the labelling page saves it, for forest and hand",
    )

    @model_validator(mode="after")
    def _labelled(self) -> "Clean":
        if self.choose != "matching" and self.labels is None:
            raise ValueError(
                f"choose: {self.choose!r} needs labels; make them with the command label"
            )
        return self


class Sample(Settings):
    """One sample: simulated, or real files."""

    species: Species = Field(description="Species that the beam line selected")
    simulate: SimulateSample | None = Field(default=None, description="Simulate this sample")
    files: tuple[str, ...] = Field(default=(), description="Real files; globs are allowed")
    tree: str | None = Field(
        default=None, description="Raw tree in the files, with or without cycle"
    )
    histograms: Histograms | None = Field(
        default=None, description="Read one event per file from two histograms instead of a tree"
    )
    frames: Frames | None = Field(
        default=None, description="Read Wire-Cell frames instead of a tree"
    )
    detector: str | None = Field(
        default=None, description="Detector of this sample, where it is not the project's"
    )
    beamline: str | None = Field(
        default=None, description="Beamline table (CSV): momentum, picky flag, mass"
    )
    calorimetry: str | None = Field(
        default=None, description="Calorimetry table (CSV or ROOT): residual range and dE/dx"
    )
    calorimetry_tree: str | None = Field(
        default=None, description="Tree of a ROOT calorimetry table"
    )
    subtract_pedestal: bool = Field(
        default=True, description="Subtract each wire's median before the threshold"
    )
    shards: int | None = Field(
        default=None,
        gt=0,
        description="Number of parts of about equal size in which the sample is processed, each a "
        "few whole files or a part of one; by default as many as lartpc.shard_mb, or "
        "lartpc.simulation.shard_events simulated events, ask for",
    )
    cuts: CutsOverride = Field(default=CutsOverride(), description="Cuts of this sample alone")
    clean: Clean | None = Field(
        default=None,
        description="Choose one track per event in place of cuts and matching: a clean sample",
    )

    @model_validator(mode="after")
    def _one_source(self) -> "Sample":
        if (self.simulate is None) == (not self.files):
            raise ValueError("give either 'simulate' or 'files'")
        sources = [n for n in ("tree", "histograms", "frames") if getattr(self, n) is not None]
        if self.files and len(sources) != 1:
            raise ValueError(
                f"files need exactly one of tree, histograms, frames; found {sources or 'none'}"
            )
        if self.simulate is not None and (sources or self.beamline or self.calorimetry):
            raise ValueError("a simulated sample makes its own tree, beamline and calorimetry")
        return self
