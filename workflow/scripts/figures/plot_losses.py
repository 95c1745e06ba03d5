"""Draw the losses of every training of a model."""

from latentscape.figures.style import save
from latentscape.figures.training import loss_curves
from latentscape.learning.tables import HISTORY
from latentscape.workflow import logged

with logged(snakemake):
    histories = enumerate(snakemake.input.histories)
    save(loss_curves({seed: HISTORY.read(path) for seed, path in histories}), snakemake.output)
