"""Choose one track per event by a random forest, trained on labels."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.tables.labelling import CANDIDATES, CHOICES, SCORED_CANDIDATES
from latentscape.lartpc.track_choice import choices_for
from latentscape.lartpc.track_forest import choices_of, score_candidates
from latentscape.workflow import logged, several

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    require_unchanged([paths.labels], several(paths.record))
    labels = choices_for(CHOICES.read_tsv(paths.labels), sample=snakemake.wildcards.sample)
    candidates = CANDIDATES.read(paths.candidates)
    scored = score_candidates(candidates, labels, seed=params.seed, **params.forest)
    SCORED_CANDIDATES.write(scored, snakemake.output.scored)
    CHOICES.write(choices_of(scored), snakemake.output.choices)
