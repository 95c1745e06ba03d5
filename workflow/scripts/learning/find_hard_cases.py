"""Find the rows that are hard for all probes of all trainings."""

from latentscape.evaluation.hard_cases import find_hard_cases, list_hard_cases
from latentscape.evaluation.tables.probes import HARD_SHARES, probe_scores_table, verdicts_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    verdicts, shares = find_hard_cases(
        probe_scores_table(TRACK_COLUMNS).read(snakemake.input.scores),
        key=TRACK_KEY,
        seed=snakemake.params.seed,
        **snakemake.params.hard_cases,
    )
    table = verdicts_table(TRACK_COLUMNS)
    table.write(verdicts, snakemake.output.verdicts)
    table.write_tsv(list_hard_cases(verdicts), snakemake.output.hard_cases)
    HARD_SHARES.write_tsv(shares, snakemake.output.shares)
