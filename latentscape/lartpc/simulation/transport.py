"""Particles through liquid argon: Geant4, without any of its data sets.

Electromagnetic transport of charged hadrons and muons (energy loss, delta rays, multiple
scattering, decay) needs no data set. Processes that do need one are removed from every particle,
so protons and kaons do not interact hadronically here, and photons leave without a trace.
"""

import io
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.argon import ARGON_A, ARGON_Z, DENSITY

logger = logging.getLogger("latentscape")

GEANT4_NAMES = {
    "proton": "proton",
    "kaon": "kaon+",
    "pion": "pi+",
    "muon": "mu+",
    "deuteron": "deuteron",
}
KEPT_PROCESSES = frozenset(
    ("Transportation", "msc", "hIoni", "eIoni", "muIoni", "Decay", "StepLimiter")
)
DATA_VARIABLES = (
    "GEANT4_DATA_DIR",
    "G4NEUTRONHPDATA",
    "G4LEDATA",
    "G4LEVELGAMMADATA",
    "G4RADIOACTIVEDATA",
    "G4PARTICLEXSDATA",
    "G4PIIDATA",
    "G4REALSURFACEDATA",
    "G4SAIDXSDATA",
    "G4ABLADATA",
    "G4INCLDATA",
    "G4ENSDFSTATEDATA",
    "G4CHANNELINGDATA",
)
MM_PER_CM = 10.0
ON_THE_WALL_CM = 1e-4
"""Particles start this far inside the upstream wall, so that Geant4 finds them in the argon."""


@dataclass(frozen=True)
class Primary:
    """A particle that enters the argon.

    Parameters
    ----------
    species : str
        One of the keys of ``GEANT4_NAMES``.
    momentum : float
        Momentum in MeV/c.
    entry : tuple of float
        Drift coordinate x and height y at the upstream wall (z = 0) in cm.
    direction : tuple of float
        Unit vector (x, y, z).
    """

    species: str
    momentum: float
    entry: tuple[float, float]
    direction: tuple[float, float, float]


@dataclass(frozen=True)
class Ending:
    """How the first primary ended: where, by which process, and into what."""

    end: str
    position: tuple[float, float, float]
    length: float
    daughters: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """What one event left in the argon, one entry per Geant4 step that left energy.

    Parameters
    ----------
    start, stop : array of float, shape (steps, 3)
        Ends of the step (drift x, height y, depth z) in cm.
    energy, length : array of float, shape (steps,)
        Deposited energy in MeV and step length in cm.
    time : array of float, shape (steps,)
        Time after the primary entered, in ns.
    track, parent, pdg : array of int, shape (steps,)
        Geant4's track number, its parent's (0 for a primary) and the PDG code.
    primary : array of int, shape (steps,)
        Index of the primary that the track descends from.
    is_daughter : array of bool, shape (steps,)
        Whether a decay lies between the primary and this track.
    ending : Ending
        The end of the first primary.
    """

    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    energy: NDArray[np.float64]
    length: NDArray[np.float64]
    time: NDArray[np.float64]
    track: NDArray[np.int64]
    parent: NDArray[np.int64]
    pdg: NDArray[np.int64]
    primary: NDArray[np.int64]
    is_daughter: NDArray[np.bool_]
    ending: Ending

    @property
    def position(self) -> NDArray[np.float64]:
        """Middle of each step in cm, shape (steps, 3)."""
        return 0.5 * (self.start + self.stop)

    def divided(self, longest_cm: float) -> "Passage":
        """Return the same passage with steps cut into equal pieces no longer than this."""
        pieces = np.maximum(np.ceil(self.length / longest_cm), 1).astype(np.int64)
        step = np.repeat(np.arange(len(pieces)), pieces)
        piece = np.arange(len(step)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        one = ((self.stop - self.start) / pieces[:, None])[step]
        start = self.start[step] + one * piece[:, None]
        return Passage(
            start=start,
            stop=start + one,
            energy=(self.energy / pieces)[step],
            length=(self.length / pieces)[step],
            time=self.time[step],
            track=self.track[step],
            parent=self.parent[step],
            pdg=self.pdg[step],
            primary=self.primary[step],
            is_daughter=self.is_daughter[step],
            ending=self.ending,
        )


class _Record:
    """What Geant4 is told of an event, and plain lists that its callbacks fill."""

    def __init__(self) -> None:
        self.start(())

    def start(self, primaries: Sequence[Primary]) -> None:
        self.primaries = primaries
        self.steps: list[tuple[float, ...]] = []
        self.lineage: dict[int, tuple[int, int, int, bool]] = {}
        self.current = 0
        self.ending: Ending | None = None

    def passage(self) -> Passage:
        if self.ending is None:
            raise RuntimeError("Geant4 ended an event without tracking its first primary")
        steps = np.asarray(self.steps, dtype=np.float64).reshape(-1, 10)
        track = steps[:, 9].astype(np.int64)
        lineage = np.array([self.lineage[number] for number in track], dtype=np.int64)
        lineage = lineage.reshape(-1, 4)
        return Passage(
            start=steps[:, 0:3] / MM_PER_CM,
            stop=steps[:, 3:6] / MM_PER_CM,
            energy=steps[:, 6],
            length=steps[:, 7] / MM_PER_CM,
            time=steps[:, 8],
            track=track,
            parent=lineage[:, 0],
            pdg=lineage[:, 1],
            primary=lineage[:, 2],
            is_daughter=lineage[:, 3].astype(bool),
            ending=self.ending,
        )


class Transport:
    """Geant4 in this process; made by :func:`transport`, since there can be only one."""

    def __init__(self, manager: Any, random: Any, record: _Record) -> None:
        self._manager = manager
        self._random = random
        self._record = record

    def run(self, primaries: Sequence[Primary], *, seed: int) -> Passage:
        """Transport one event.

        Parameters
        ----------
        primaries : sequence of Primary
            All particles of the event; the end of the first is recorded.
        seed : int
            Seed of this event, > 0; the same primaries and seed give the same steps.

        Returns
        -------
        Passage
            The steps, in the order in which Geant4 made them.
        """
        self._record.start(primaries)
        self._random.setTheSeed(seed)
        self._manager.BeamOn(1)
        return self._record.passage()


@cache
def transport(
    *, size_cm: tuple[float, float, float], step_cm: float, production_cut_cm: float
) -> Transport:
    """Return this process's Geant4, initialised for a box of liquid argon.

    Parameters
    ----------
    size_cm : tuple of float
        The active volume: drift x from 0, height y around 0, depth z from 0.
    step_cm : float
        Longest step.
    production_cut_cm : float
        Secondary electrons with a shorter range are part of their parent's energy loss.

    Raises
    ------
    RuntimeError
        If this process already holds a Geant4 with other settings.
    """
    banner = io.StringIO()
    with _empty_data_sets(), redirect_stdout(banner):
        import geant4_pybind as g4  # noqa: PLC0415 - needs the variables, and takes half a second

        if g4.G4RunManager.GetRunManager() is not None:
            raise RuntimeError("Geant4 allows one geometry and one physics list per process")
        record = _Record()
        manager = g4.G4RunManager()
        manager.SetUserInitialization(_detector(g4, size_cm, step_cm))
        manager.SetUserInitialization(_physics(g4, production_cut_cm))
        for action in _actions(g4, record, size_cm):
            manager.SetUserAction(action)
        commands = g4.G4UImanager.GetUIpointer()
        for command in ("/run/verbose 0", "/process/verbose 0", "/process/em/verbose 0"):
            commands.ApplyCommand(command)
        manager.Initialize()
        _remove_processes(g4)
    logger.debug(banner.getvalue())
    logger.info("Geant4 without data sets: no hadronic interactions, no photons")
    return Transport(manager, g4.HepRandom, record)


@contextmanager
def _empty_data_sets() -> Iterator[None]:
    """Point Geant4's data-set variables at an empty folder; an unset one makes it abort."""
    before = {name: os.environ.get(name) for name in DATA_VARIABLES}
    with tempfile.TemporaryDirectory(prefix="geant4-") as folder:
        (Path(folder) / "ENSDFSTATE.dat").touch()
        os.environ.update(dict.fromkeys(DATA_VARIABLES, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _detector(g4: Any, size_cm: tuple[float, float, float], step_cm: float) -> Any:
    class Box(g4.G4VUserDetectorConstruction):  # type: ignore[misc]
        def Construct(self) -> Any:  # noqa: N802 - Geant4's name
            argon = g4.G4Material(
                "LiquidArgon", float(ARGON_Z), ARGON_A * g4.g / g4.mole, DENSITY * g4.g / g4.cm3
            )
            half = [0.5 * length * g4.cm for length in size_cm]
            volume = g4.G4LogicalVolume(g4.G4Box("argon", *half), argon, "argon")
            self.limits = g4.G4UserLimits(step_cm * g4.cm)
            volume.SetUserLimits(self.limits)
            return g4.G4PVPlacement(None, g4.G4ThreeVector(), volume, "argon", None, False, 0)

    return Box()


def _physics(g4: Any, production_cut_cm: float) -> Any:
    class Physics(g4.G4VModularPhysicsList):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.SetVerboseLevel(0)
            self.SetDefaultCutValue(production_cut_cm * g4.cm)
            self.RegisterPhysics(g4.G4DecayPhysics())
            self.RegisterPhysics(g4.G4EmStandardPhysics())
            self.RegisterPhysics(g4.G4StepLimiterPhysics())

    return Physics()


def _remove_processes(g4: Any) -> None:
    table = g4.G4ParticleTable.GetParticleTable()
    for index in range(table.entries()):
        processes = table.GetParticle(index).GetProcessManager()
        if processes is None:
            continue
        for process in list(processes.GetProcessList()):
            if process.GetProcessName() not in KEPT_PROCESSES:
                processes.RemoveProcess(process)


def _actions(g4: Any, record: _Record, size_cm: tuple[float, float, float]) -> tuple[Any, ...]:
    gun = g4.G4ParticleGun(1)
    shift = (0.5 * size_cm[0], 0.0, 0.5 * size_cm[2])
    particles = g4.G4ParticleTable.GetParticleTable()

    class Beam(g4.G4VUserPrimaryGeneratorAction):  # type: ignore[misc]
        def GeneratePrimaries(self, event: Any) -> None:  # noqa: N802 - Geant4's name
            for primary in record.primaries:
                x, y = primary.entry
                start = (x - shift[0], y, ON_THE_WALL_CM - shift[2])
                species = particles.FindParticle(GEANT4_NAMES[primary.species])
                mass = species.GetPDGMass()
                gun.SetParticleDefinition(species)
                gun.SetParticleMomentumDirection(g4.G4ThreeVector(*primary.direction))
                gun.SetParticleEnergy(np.hypot(primary.momentum, mass) - mass)
                gun.SetParticlePosition(g4.G4ThreeVector(*(c * MM_PER_CM for c in start)))
                gun.GeneratePrimaryVertex(event)

    class Tracks(g4.G4UserTrackingAction):  # type: ignore[misc]
        def PreUserTrackingAction(self, track: Any) -> None:  # noqa: N802 - Geant4's name
            number, parent = track.GetTrackID(), track.GetParentID()
            pdg = track.GetDefinition().GetPDGEncoding()
            record.current = number
            if parent == 0:
                record.lineage[number] = (0, pdg, number - 1, False)
            else:
                _, _, primary, is_daughter = record.lineage[parent]
                decayed = track.GetCreatorProcess().GetProcessName() == "Decay"
                record.lineage[number] = (parent, pdg, primary, is_daughter or decayed)

        def PostUserTrackingAction(self, track: Any) -> None:  # noqa: N802 - Geant4's name
            if track.GetTrackID() == 1:
                record.ending = _ending(track, shift)

    class Steps(g4.G4UserSteppingAction):  # type: ignore[misc]
        def UserSteppingAction(self, step: Any) -> None:  # noqa: N802 - Geant4's name
            energy = step.GetTotalEnergyDeposit()
            if energy <= 0:
                return
            before = step.GetPreStepPoint()
            a, b = before.GetPosition(), step.GetPostStepPoint().GetPosition()
            record.steps.append(
                (
                    a.x + shift[0] * MM_PER_CM,
                    a.y,
                    a.z + shift[2] * MM_PER_CM,
                    b.x + shift[0] * MM_PER_CM,
                    b.y,
                    b.z + shift[2] * MM_PER_CM,
                    energy,
                    step.GetStepLength(),
                    before.GetGlobalTime(),
                    record.current,
                )
            )

    return Beam(), Tracks(), Steps()


def _ending(track: Any, shift: tuple[float, float, float]) -> Ending:
    step = track.GetStep()
    process = step.GetPostStepPoint().GetProcessDefinedStep().GetProcessName()
    at_rest = step.GetPreStepPoint().GetKineticEnergy() == 0
    if process == "Decay":
        end = "decayed_at_rest" if at_rest else "decayed_in_flight"
        secondaries = step.GetSecondaryInCurrentStep()
        daughters = tuple(sorted(s.GetDefinition().GetParticleName() for s in secondaries))
    else:
        end = "left" if process == "Transportation" else "stopped"
        daughters = ()
    place = track.GetPosition()
    return Ending(
        end=end,
        position=(
            place.x / MM_PER_CM + shift[0],
            place.y / MM_PER_CM + shift[1],
            place.z / MM_PER_CM + shift[2],
        ),
        length=track.GetTrackLength() / MM_PER_CM,
        daughters=daughters,
    )
