"""Write the Methods paragraph and the table of main results, for a paper and for the report."""

from latentscape import __version__
from latentscape.config import validate
from latentscape.files import write_text
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.headline import CAPTION, results_table
from latentscape.lartpc.paper import methods, results_page
from latentscape.lartpc.tables.paper import HEADLINE
from latentscape.lartpc.tables.reconstruction import CUT_FLOW
from latentscape.typeset import latex, latex_table, markdown_table, rst_table
from latentscape.workflow import logged

with logged(snakemake):
    config, output = validate(snakemake.params.config), snakemake.output
    text = methods(
        detector=Detector(**snakemake.params.detector),
        samples=config.samples,
        models=config.models,
        lartpc=config.lartpc,
        analyses=config.analyses,
        seeds=config.seeds,
        seed=config.seed,
        cut_flow=CUT_FLOW.read_tsv(snakemake.input.cut_flow),
        version=__version__,
    )
    headline = HEADLINE.read_tsv(snakemake.input.headline)
    header, rows = results_table(headline, models=list(config.models))
    # The start page of the report is narrow: the first model says the most.
    _, first = results_table(headline, models=list(config.models)[:1])
    write_text(text, output.methods)
    write_text(latex(text), output.methods_tex)
    write_text(markdown_table(header, rows), output.results)
    write_text(latex_table(header, rows, caption=CAPTION), output.results_tex)
    write_text(rst_table(header, first, caption=CAPTION), output.results_rst)
    write_text(results_page(header, rows, text), output.page)
