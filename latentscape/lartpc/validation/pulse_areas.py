"""What diffusion leaves of the positive area of a pulse, in closed form and without any gain."""

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.geometry import Detector, Plane
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.response import SHAPER_ORDER

Floats = NDArray[np.float64]


def area_after_diffusion(
    drift_cm: Floats, plane: Plane, *, detector: Detector, simulation: Simulation
) -> Floats:
    """Return the positive area of pulses, in units of that of the same charge without diffusion.

    Parameters
    ----------
    drift_cm : array of float, shape (n,)
        Drift distance in cm.
    plane : {"induction", "collection"}
        The plane.
    detector : Detector
        Gives the drift velocity.
    simulation : Simulation
        Gives the longitudinal diffusion and the peaking time.

    Returns
    -------
    array of float, shape (n,)
        1 without drift. No gain, lifetime or threshold enters, so that an error of one of these
        is not mistaken for diffusion.

    Notes
    -----
    A unipolar pulse keeps its area. The positive lobe of a bipolar pulse, the derivative of a
    unipolar one, has the area of the unipolar pulse's *height*. Near its peak the pulse
    (t/τ)ⁿ exp(n(1 - t/τ)) of a CR-RCⁿ shaper with the peaking time τ is a Gaussian of the width
    σ₀ = τ/√n, and diffusion lowers the height of that to σ₀/√(σ₀² + 2 D t/v²) after the drift
    time t at the velocity v: by 4 % after 23.5 cm in LArIAT. The pulse's skewness adds less than
    0.2 % up to 47 cm.
    """
    if plane == "collection":
        return np.ones_like(drift_cm)
    velocity = detector.drift_velocity / 10  # cm/µs
    drift_us = np.maximum(drift_cm, 0) / velocity
    diffused_us = np.sqrt(2 * simulation.diffusion_longitudinal * drift_us * 1e-6) / velocity
    shaped_us = simulation.shaping_us / np.sqrt(SHAPER_ORDER)
    return np.asarray(shaped_us / np.hypot(shaped_us, diffused_us))
