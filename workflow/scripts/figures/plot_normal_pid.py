"""Draw which label the latents and the calorimetry take for which."""

from latentscape.evaluation.tables.structure import NORMAL_PID_CONFUSION
from latentscape.figures.structure import confusion_matrices
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import PID_METHODS, group_labels
from latentscape.lartpc.tables.identification import LATENT_PID_CONFUSION
from latentscape.workflow import logged

with logged(snakemake):
    params = snakemake.params
    tables = {"latents": NORMAL_PID_CONFUSION.read_tsv(snakemake.input.confusion)}
    for path in snakemake.input.compared:
        compared = LATENT_PID_CONFUSION.read_tsv(path)
        for method, text in PID_METHODS.items():
            tables[text] = compared[compared["method"] == method]
    shown = {title: table[table["seed"] == params.training] for title, table in tables.items()}
    figure = confusion_matrices(shown, labels=group_labels(params.species))
    save(figure, snakemake.output)
