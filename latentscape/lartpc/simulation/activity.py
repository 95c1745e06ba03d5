"""Low-energy activity: the blips of neutron captures, de-excitations and argon-39."""

import numpy as np

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.beam import BLIP
from latentscape.lartpc.simulation.response import Charges, ionisation_electrons

BLIP_DEDX = 3.0
"""Mean energy loss of electrons below a few MeV in liquid argon [MeV/cm] (NIST ESTAR)."""

POINT_ENERGY = 0.2
"""A blip is a row of points with at most this energy [MeV]."""


def draw_blips(
    rng: np.random.Generator, *, mean: float, simulation: Simulation, detector: Detector
) -> tuple[Charges, int]:
    """Draw the low-energy deposits of one read-out.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    mean : float
        Mean number of blips.
    simulation, detector
        Settings.

    Returns
    -------
    charges : Charges
        Straight, isotropic rows of points, anywhere in the volume and at any time of the read-out.
    number : int
        Number of blips.
    """
    number = int(rng.poisson(mean))
    energy = rng.exponential(simulation.blip_energy, number)
    width, height, depth = detector.size_cm
    start = rng.uniform((0, -height / 2, 0), (width, height / 2, depth), (number, 3))
    direction = rng.standard_normal((number, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    half_readout_ns = 0.5 * detector.ticks * detector.tick_ns
    time_ns = rng.uniform(-half_readout_ns, half_readout_ns, number)

    points = np.ceil(energy / POINT_ENERGY).astype(np.int64)
    blip = np.repeat(np.arange(number), points)
    order = np.arange(len(blip)) - np.repeat(np.cumsum(points) - points, points)
    shared = (energy / points)[blip]
    length = shared / BLIP_DEDX
    place = start[blip] + direction[blip] * (order * length)[:, None]
    inside = ((place >= (0, -height / 2, 0)) & (place <= (width, height / 2, depth))).all(axis=1)
    electrons = ionisation_electrons(
        shared, length, model=simulation.recombination, field=detector.field
    )
    x, y, z = place[inside].T
    return (
        Charges(
            x=x,
            y=y,
            z=z,
            time_ns=time_ns[blip][inside],
            electrons=electrons[inside],
            origin=np.full(int(inside.sum()), BLIP),
        ),
        number,
    )
