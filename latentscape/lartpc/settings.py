"""Configuration of the LArTPC study: every default of its steps, in one place."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, model_validator

from latentscape.settings import Settings

Species = Literal["proton", "kaon", "pion", "muon", "deuteron"]
Positive = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
TabulatedEnergy = Annotated[float, Field(ge=10, le=1000)]


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
        description="Number of equal parts in which the sample is processed; "
        "by default one per file and per lartpc.shard_mb, or per lartpc.simulation.shard_events "
        "simulated events",
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


class Simulation(Settings):
    """The simulated test beam and the response of the detector."""

    shard_events: int = Field(default=500, gt=0, description="Events per simulated file")
    keep_raw: bool = Field(default=False, description="Keep the simulated raw files")
    beam_spot_cm: Positive = Field(default=2.0, description="Width (σ) of the beam spot [cm]")
    beam_centre_cm: tuple[float, float] = Field(
        default=(23.5, 0.0), description="Centre of the beam spot: drift x, vertical y [cm]"
    )
    angular_spread: float = Field(default=0.03, ge=0, description="Angular spread (σ) [rad]")
    momentum_resolution: float = Field(
        default=0.02, ge=0, description="Relative momentum resolution of the spectrometer"
    )
    time_of_flight_resolution_ns: Positive = Field(
        default=0.2, description="Time-of-flight resolution [ns]"
    )
    flight_path_m: Positive = Field(
        default=6.7, description="Length of the time-of-flight path [m]"
    )
    picky_share: Fraction = Field(
        default=0.8, description="Share of events with one clean spectrometer track, no pile-up"
    )
    blip_energy: Positive = Field(
        default=0.5, description="Mean energy of the low-energy deposits [MeV]"
    )
    step_cm: Positive = Field(default=0.2, description="Longest Geant4 step [cm]")
    point_cm: Positive = Field(
        default=0.05, description="Longest piece of a step that drifts as one point [cm]"
    )
    production_cut_cm: Positive = Field(
        default=0.03,
        description="Range cut for secondary electrons [cm]; energy loss fluctuates too little "
        "where more of it is left to Geant4's model than to secondaries",
    )
    recombination: Literal["box", "birks"] = Field(
        default="box", description="Recombination: modified box (ArgoNeuT) or Birks (ICARUS)"
    )
    diffusion_longitudinal: float = Field(
        default=6.6, ge=0, description="Longitudinal diffusion [cm²/s]"
    )
    diffusion_transverse: float = Field(
        default=13.0, ge=0, description="Transverse diffusion [cm²/s]"
    )
    electrons_per_adc: dict[Literal["induction", "collection"], Positive] = Field(
        default={"induction": 169.0, "collection": 100.0},
        description="Gain: electrons that arrive in the shaping time per ADC of peak height",
    )
    shaping_us: Positive = Field(default=2.0, description="Peaking time of the shaper [µs]")
    white_noise: dict[Literal["induction", "collection"], float] = Field(
        default={"induction": 1.0, "collection": 2.0},
        description="Uncorrelated noise (σ) per sample [ADC]",
    )
    coherent_noise: dict[Literal["induction", "collection"], float] = Field(
        default={"induction": 0.4, "collection": 0.8},
        description="Noise (σ) common to the wires of one board [ADC]",
    )
    wires_per_board: int = Field(default=48, gt=0, description="Wires that share coherent noise")
    pedestal: int = Field(
        default=1800,
        ge=0,
        description="Mean baseline [ADC]; 0 for a read-out that subtracts it, with signed samples",
    )
    pedestal_spread: float = Field(default=2.0, ge=0, description="Spread of the baselines [ADC]")
    dead_wires: dict[Literal["induction", "collection"], tuple[NonNegativeInt, ...]] = Field(
        default={"induction": (8, 226), "collection": (10, 229)},
        description="Wires without signal; one in the middle cuts every track that crosses it",
    )
    noisy_wires: dict[Literal["induction", "collection"], tuple[NonNegativeInt, ...]] = Field(
        default={"induction": (147,), "collection": (163,)},
        description="Wires with twice the white noise",
    )
    adc_bits: int = Field(default=12, gt=0, le=15, description="Bits of the digitiser")
    calorimetry_smearing: float = Field(
        default=0.03, ge=0, description="Relative smearing of the calorimetry table's dE/dx"
    )
    calorimetry_hit_loss: Fraction = Field(
        default=0.02, description="Share of collection hits missing from the calorimetry table"
    )
    calorimetry_end_point_cm: float = Field(
        default=0.15, ge=0, description="Error (σ) of the reconstructed end point [cm]"
    )

    @model_validator(mode="after")
    def _both_planes(self) -> "Simulation":
        for name, value in self:
            missing = {"induction", "collection"} - set(value) if isinstance(value, dict) else set()
            if missing:
                raise ValueError(f"{name}: give a value for both planes, missing {min(missing)}")
        return self


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
        description="Real files are processed in parts of about this size, unless the sample's "
        "shards say otherwise [MB]",
    )
    validation: Validation = Field(
        default=Validation(), description="The workflow held against truth and public references"
    )
