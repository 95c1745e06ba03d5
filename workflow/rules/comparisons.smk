"""Whether two samples of latents differ, and which difference would be seen."""


rule compare_latents:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        two_sample="results/{study}/tables/two_sample_{model}.tsv",
        mixture="results/{study}/tables/two_sample_mixture_{model}.tsv",
    log:
        "results/logs/compare_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/compare_latents/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        two_sample=two_sample_settings("comparisons", "tests"),
        seed=learning_seed("compare_latents"),
        code=fingerprint("learning/compare_latents"),
    message:
        "Comparing the training and validation latents of model {wildcards.model}"
    script:
        "../scripts/learning/compare_latents.py"


rule measure_shift_power:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        power="results/{study}/tables/two_sample_power_{model}.tsv",
        sensitivity="results/{study}/tables/two_sample_sensitivity_{model}.tsv",
    log:
        "results/logs/measure_shift_power/{study}/{model}.log",
    benchmark:
        "results/benchmarks/measure_shift_power/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        two_sample=two_sample_settings("tests", "power"),
        seed=learning_seed("measure_shift_power"),
        code=fingerprint("learning/measure_shift_power"),
    message:
        "Measuring which shift of a mixture the latents of model {wildcards.model} show"
    script:
        "../scripts/learning/measure_shift_power.py"


rule plot_two_sample:
    input:
        two_sample="results/lartpc/tables/two_sample_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/two_sample_{model}.png",
            caption="../report/two_sample.rst",
            category="9 Beyond the model",
            subcategory="2 Two-sample tests",
            labels={"figure": "Tests", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/two_sample_{model}.pdf",
    log:
        "results/logs/plot_two_sample/{model}.log",
    benchmark:
        "results/benchmarks/plot_two_sample/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        level=settings("analyses.two_sample.tests")["level"],
        code=fingerprint("figures/plot_two_sample"),
    message:
        "Drawing the two-sample tests of model {wildcards.model}"
    script:
        "../scripts/figures/plot_two_sample.py"


rule plot_shift_power:
    input:
        power="results/lartpc/tables/two_sample_power_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/shift_power_{model}.png",
            caption="../report/shift_power.rst",
            category="9 Beyond the model",
            subcategory="2 Two-sample tests",
            labels={"figure": "Power against a shift", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/shift_power_{model}.pdf",
    log:
        "results/logs/plot_shift_power/{model}.log",
    benchmark:
        "results/benchmarks/plot_shift_power/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        two_sample=two_sample_settings("tests"),
        species=SPECIES,
        code=fingerprint("figures/plot_shift_power"),
    message:
        "Drawing the power of the two-sample tests, model {wildcards.model}"
    script:
        "../scripts/figures/plot_shift_power.py"
