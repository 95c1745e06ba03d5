"""Hold the simulated calorimetry of single hits against their truth."""

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.pulls import check_pulls
from latentscape.lartpc.validation.simulated_hits import measure_pulls
from latentscape.lartpc.validation.tables import PULLS, VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    params = snakemake.params
    simulation = Simulation(**params.simulation)
    pulls = measure_pulls(
        momenta=params.momenta,
        events=params.events,
        detector=Detector(**params.detector),
        simulation=simulation,
        seed=params.seed,
    )
    PULLS.write(pulls, snakemake.output.pulls)
    VALIDATION.write(as_table(check_pulls(pulls, simulation=simulation)), snakemake.output.checks)
