"""Measure the simulated detector on known charges and empty events, and check it."""

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.response import check_response, measure_response
from latentscape.lartpc.validation.tables import REFERENCE_NUMBERS, RESPONSE, VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    params = snakemake.params
    response = measure_response(
        numbers=REFERENCE_NUMBERS.read_tsv(snakemake.input.numbers),
        detector=Detector(**params.detector),
        simulation=Simulation(**params.simulation),
        empty_events=params.empty_events,
        seed=params.seed,
    )
    RESPONSE.write(response, snakemake.output.response)
    VALIDATION.write(as_table(check_response(response)), snakemake.output.checks)
