"""Compare the probes' opinions with each other and with calorimetry."""

from latentscape.evaluation.agreement import compare_probes, summarise_agreement
from latentscape.evaluation.tables.probes import AGREEMENT, AGREEMENT_SUMMARY
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.calorimetric_calls import calorimetric_calls
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.models import PROBE_SCORES
from latentscape.workflow import logged, several

with logged(snakemake):
    scores = PROBE_SCORES.read(snakemake.input.scores)
    pid = several(snakemake.input.pid)
    calls = calorimetric_calls(
        PID.read(pid) if pid else PID.empty(),
        sorted(scores["task"].unique()),
        snakemake.params.species,
        hypotheses=snakemake.params.hypotheses,
    )
    agreement = compare_probes(
        scores, calls, key=TRACK_KEY, seed=snakemake.params.seed, **snakemake.params.agreement
    )
    AGREEMENT.write_tsv(agreement, snakemake.output.agreement)
    AGREEMENT_SUMMARY.write_tsv(summarise_agreement(agreement), snakemake.output.summary)
