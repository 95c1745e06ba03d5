"""Many models along some axes, and what changes along them."""


include: "sweeps_inputs.smk"


# Reconstructions of every image by every model fill a disk, and nothing reads them.
use rule infer_latents as infer_swept_latents with:
    output:
        latents="results/{study}/latents/{model}/{training}.parquet",
        reconstructions=temp(
            "results/{study}/reconstructions/{model}/{training}.safetensors"
        ),
        row_keys=temp("results/{study}/reconstructions/{model}/{training}.keys.parquet"),
    wildcard_constraints:
        model=SWEPT,


rule assess_capacity:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        descriptions=trainings("results/lartpc/models/{model}/{training}/model.json"),
        images=of_shards("results/lartpc/images/{sample}/{shard}.safetensors"),
        row_keys=of_shards("results/lartpc/images/{sample}/{shard}.keys.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        capacity="results/lartpc/tables/capacity_{model}.tsv",
    log:
        "results/logs/assess_capacity/{model}.log",
    benchmark:
        "results/benchmarks/assess_capacity/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        capacity=settings("analyses.capacity"),
        trained_on=trained_on,
        # One seed for all models, so that they are judged on the same draws.
        seed=seed_for(CONFIG.seed, "assess_capacity"),
        code=fingerprint("lartpc/assess_capacity"),
    message:
        "Measuring what model {wildcards.model} uses its latent dimensions for"
    script:
        "../scripts/lartpc/assess_capacity.py"


rule summarise_sweep:
    input:
        capacities=capacities_of_sweep,
    output:
        sweep="results/{study}/tables/sweep_{sweep}.tsv",
        points="results/{study}/tables/sweep_points_{sweep}.tsv",
        trends="results/{study}/tables/sweep_trends_{sweep}.tsv",
    log:
        "results/logs/summarise_sweep/{study}/{sweep}.log",
    benchmark:
        "results/benchmarks/summarise_sweep/{study}/{sweep}.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        settings=sweep_settings,
        axes=sweep_axes,
        trends=settings("analyses.trends"),
        seed=seed_of("summarise_sweep"),
        code=fingerprint("learning/summarise_sweep"),
    message:
        "Following the models of sweep {wildcards.sweep} along their axes"
    script:
        "../scripts/learning/summarise_sweep.py"


rule plot_sweep:
    input:
        sweep="results/lartpc/tables/sweep_{sweep}.tsv",
        points="results/lartpc/tables/sweep_points_{sweep}.tsv",
        trends="results/lartpc/tables/sweep_trends_{sweep}.tsv",
    output:
        png=report(
            "results/figures/lartpc/sweep_{sweep}_{axis}.png",
            caption="../report/sweep.rst",
            category="9 Beyond the model",
            subcategory="3 Sweeps",
            labels={"figure": "along one axis", "sweep": "{sweep}", "axis": "{axis}"},
        ),
        pdf="results/figures/lartpc/sweep_{sweep}_{axis}.pdf",
    log:
        "results/logs/plot_sweep/{sweep}_{axis}.log",
    benchmark:
        "results/benchmarks/plot_sweep/{sweep}_{axis}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        axes=sweep_axes,
        species=SPECIES,
        code=fingerprint("figures/plot_sweep"),
    message:
        "Drawing sweep {wildcards.sweep} along {wildcards.axis}"
    script:
        "../scripts/figures/plot_sweep.py"


rule plot_sweep_map:
    input:
        points="results/lartpc/tables/sweep_points_{sweep}.tsv",
    output:
        png=report(
            "results/figures/lartpc/sweep_map_{sweep}.png",
            caption="../report/sweep_map.rst",
            category="9 Beyond the model",
            subcategory="3 Sweeps",
            labels={"figure": "two axes", "sweep": "{sweep}", "axis": "the first two"},
        ),
        pdf="results/figures/lartpc/sweep_map_{sweep}.pdf",
    log:
        "results/logs/plot_sweep_map/{sweep}.log",
    benchmark:
        "results/benchmarks/plot_sweep_map/{sweep}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        axes=sweep_axes,
        code=fingerprint("figures/plot_sweep_map"),
    message:
        "Drawing two axes of sweep {wildcards.sweep}"
    script:
        "../scripts/figures/plot_sweep_map.py"
