"""Draw the ROC curves of the anomaly scores."""

from latentscape.evaluation.tables.anomaly import ANOMALY, ROC
from latentscape.figures.anomaly import anomaly_roc
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import SCORE_LABELS, sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    figure = anomaly_roc(
        ROC.read(snakemake.input.roc),
        ANOMALY.read_tsv(snakemake.input.anomaly),
        labels=sample_labels(snakemake.params.species),
        scores=SCORE_LABELS,
    )
    save(figure, snakemake.output)
