"""Particles through liquid argon: Geant4, without any of its data sets.

Electromagnetic transport of charged hadrons and muons (energy loss, delta rays, multiple
scattering, decay) needs no data set. Processes that do need one are removed from every particle,
so protons and kaons do not interact hadronically here, and photons leave without a trace.
"""

import io
import logging
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from latentscape.errors import InputError
from latentscape.lartpc.argon import ARGON_A, ARGON_Z, DENSITY
from latentscape.lartpc.simulation.passage import Ending, Passage, Primary

__all__ = ["Ending", "Passage", "Primary", "Transport", "transport"]

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
BINS_PER_DECADE = 50
"""Points at which Geant4 tabulates range and energy loss in each decade of energy.

Between the 7 of its default, its range and the energy at a range do not invert each other, and
the mean loss in steps that cost 1 to 5 % of the energy is up to 1.7 % low (protons of 100 MeV in
steps of 2 mm); 20 and more agree.
"""
ON_THE_WALL_CM = 1e-4
"""Particles start this far inside the upstream wall, so that Geant4 finds them in the argon."""


class _Record:
    """What Geant4 is told of an event, and plain lists that its callbacks fill."""

    def __init__(self) -> None:
        self.start((), only_primary=False, until_cm=math.inf)

    def start(self, primaries: Sequence[Primary], *, only_primary: bool, until_cm: float) -> None:
        self.primaries = primaries
        self.only_primary = only_primary
        self.until = until_cm * MM_PER_CM
        self.is_limited = math.isfinite(until_cm)
        self.steps: list[tuple[float, ...]] = []
        self.lineage: dict[int, tuple[int, int, int, bool]] = {}
        self.current = 0
        self.ending: Ending | None = None

    def passage(self) -> Passage:
        if self.ending is None:
            raise RuntimeError("Geant4 ended an event without tracking its first primary")
        steps = np.asarray(self.steps, dtype=np.float64).reshape(-1, 11)
        track = steps[:, 10].astype(np.int64)
        lineage = np.array([self.lineage[number] for number in track], dtype=np.int64)
        lineage = lineage.reshape(-1, 4)
        return Passage(
            start=steps[:, 0:3] / MM_PER_CM,
            stop=steps[:, 3:6] / MM_PER_CM,
            energy=steps[:, 6],
            length=steps[:, 7] / MM_PER_CM,
            kinetic_energy=steps[:, 8],
            time=steps[:, 9],
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

    def run(
        self,
        primaries: Sequence[Primary],
        *,
        seed: int,
        only_primary: bool = False,
        until_cm: float = math.inf,
    ) -> Passage:
        """Transport one event.

        Parameters
        ----------
        primaries : sequence of Primary
            All particles of the event; the end of the first is recorded.
        seed : int
            Seed of this event, > 0; the same primaries and seed give the same steps.
        only_primary : bool
            Drop what the primaries knock out or decay into where it is born.
        until_cm : float
            Drop a track at the end of the step that makes its path this long, in cm.

        Returns
        -------
        Passage
            The steps, in the order in which Geant4 made them.
        """
        self._record.start(primaries, only_primary=only_primary, until_cm=until_cm)
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
    InputError
        If Geant4 is not installed.
    RuntimeError
        If this process already holds a Geant4 with other settings.
    """
    banner = io.StringIO()
    with _empty_data_sets(), redirect_stdout(banner):
        try:
            # here, because it needs the variables, and takes half a second
            import geant4_pybind as g4  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise InputError(
                "Geant4 is not installed, which simulates the beam (there is no wheel for Linux on "
                "aarch64); install geant4-pybind, or give samples.*.files instead of simulate."
            ) from error

        if g4.G4RunManager.GetRunManager() is not None:
            raise RuntimeError("Geant4 allows one geometry and one physics list per process")
        record = _Record()
        manager = g4.G4RunManager()
        manager.SetUserInitialization(_detector(g4, size_cm, step_cm))
        manager.SetUserInitialization(_physics(g4))
        for action in _actions(g4, record, size_cm):
            manager.SetUserAction(action)
        commands = g4.G4UImanager.GetUIpointer()
        for command in (
            "/run/verbose 0",
            "/process/verbose 0",
            "/process/em/verbose 0",
            # the physics list's own default is set too early to reach the volume
            f"/run/setCut {production_cut_cm!r} cm",
        ):
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


def _physics(g4: Any) -> Any:
    class Physics(g4.G4VModularPhysicsList):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.SetVerboseLevel(0)
            self.RegisterPhysics(g4.G4DecayPhysics())
            self.RegisterPhysics(g4.G4EmStandardPhysics())
            self.RegisterPhysics(g4.G4StepLimiterPhysics())

    physics = Physics()
    # the constructors above reset what was set before
    g4.G4EmParameters.Instance().SetNumberOfBinsPerDecade(BINS_PER_DECADE)
    return physics


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
    shift_x, shift_z = shift[0] * MM_PER_CM, shift[2] * MM_PER_CM
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
            if record.only_primary and parent != 0:
                track.SetTrackStatus(g4.fStopAndKill)
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
            if record.is_limited and step.GetTrack().GetTrackLength() >= record.until:
                step.GetTrack().SetTrackStatus(g4.fStopAndKill)
            energy = step.GetTotalEnergyDeposit()
            if energy <= 0:
                return
            before = step.GetPreStepPoint()
            a, b = before.GetPosition(), step.GetPostStepPoint().GetPosition()
            record.steps.append(
                (
                    a.x + shift_x,
                    a.y,
                    a.z + shift_z,
                    b.x + shift_x,
                    b.y,
                    b.z + shift_z,
                    energy,
                    step.GetStepLength(),
                    before.GetKineticEnergy(),
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
        daughters = sorted(
            (daughter.GetDefinition().GetParticleName(), daughter.GetMomentum().mag())
            for daughter in step.GetSecondaryInCurrentStep()
        )
    else:
        end = "left" if track.GetKineticEnergy() > 0 else "stopped"
        daughters = []
    place, direction = track.GetPosition(), track.GetMomentumDirection()
    return Ending(
        end=end,
        position=(
            place.x / MM_PER_CM + shift[0],
            place.y / MM_PER_CM + shift[1],
            place.z / MM_PER_CM + shift[2],
        ),
        length=track.GetTrackLength() / MM_PER_CM,
        daughters=tuple(name for name, _ in daughters),
        daughter_momenta=tuple(momentum for _, momentum in daughters),
        direction=(direction.x, direction.y, direction.z),
    )
