from snakemake.utils import min_version

min_version("9.10")


report: "workflow/report/workflow.rst"


# As a module without a configuration of its own, the workflow takes the one beside this file.
IS_MODULE = not workflow.modifier.is_main_snakefile()

# A file given with --configfile takes the place of the reference configuration.
if IS_MODULE or not workflow.overwrite_configfiles:

    configfile: f"{workflow.current_basedir}/config.yaml" if IS_MODULE else "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/learning_inputs.smk"
include: "workflow/rules/lartpc_inputs.smk"
include: "workflow/rules/validation_inputs.smk"
include: "workflow/rules/inputs.smk"
include: "workflow/rules/learning.smk"
include: "workflow/rules/lartpc.smk"
include: "workflow/rules/validation.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/probing.smk"
include: "workflow/rules/content.smk"
include: "workflow/rules/anomaly.smk"
include: "workflow/rules/comparisons.smk"
include: "workflow/rules/structure.smk"
include: "workflow/rules/beamline.smk"
include: "workflow/rules/labelling.smk"
include: "workflow/rules/sweeps.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/validation_figures.smk"
include: "workflow/rules/lartpc_targets.smk"


rule all:
    input:
        lartpc_tables(),
        lartpc_figures(),
        lartpc_pages(),
    message:
        "Everything that the configuration asks for is made"


rule lartpc:
    input:
        lartpc_tables(),
    message:
        "The tables of the LArTPC study are made"


rule figures:
    input:
        lartpc_figures(),
    message:
        "All figures are made"


rule sweeps:
    input:
        sweep_results,
    message:
        "The sweeps are made"


rule validation:
    input:
        validation_results(),
    message:
        "The workflow is held against truth, public tables and published methods"


onstart:
    refuse_arrays()


# Snakemake calls this once, after the last job: not in the jobs' own processes, nor in dry runs.
onsuccess:
    record()
