"""Configuration of the simulated test beam."""

from typing import Literal

from pydantic import Field, NonNegativeInt, model_validator

from latentscape.lartpc.settings.types import Fraction, Positive
from latentscape.settings import Settings


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
