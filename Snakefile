from snakemake.utils import min_version

min_version("9.10")


# A file given with --configfile takes the place of the reference configuration.
if not workflow.overwrite_configfiles:

    configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/learning.smk"
include: "workflow/rules/lartpc.smk"
include: "workflow/rules/figures.smk"


rule all:
    default_target: True
    message:
        "Everything that the configuration asks for is made"
    input:
        lartpc_tables(),
        lartpc_figures(),


rule lartpc:
    message:
        "The tables of the LArTPC study are made"
    input:
        lartpc_tables(),


rule figures:
    message:
        "All figures are made"
    input:
        lartpc_figures(),
