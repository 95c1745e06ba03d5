"""Groups, factors and hypotheses in the latent space."""


include: "structure_inputs.smk"


rule fit_mixtures:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        mixtures="results/{study}/tables/mixtures_{model}.tsv",
        summary="results/{study}/tables/mixture_summary_{model}.tsv",
        bic="results/{study}/tables/bic_{model}.tsv",
    log:
        "results/logs/fit_mixtures/{study}/{model}.log",
    benchmark:
        "results/benchmarks/fit_mixtures/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        mixtures=mixtures_settings,
        groups=label_groups("mixtures"),
        seed=learning_seed("fit_mixtures"),
        code=fingerprint("learning/fit_mixtures"),
    message:
        "Fitting Gaussian mixtures to the latents of model {wildcards.model}"
    script:
        "../scripts/learning/fit_mixtures.py"


rule fit_normal_pid:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        performance="results/{study}/tables/normal_pid_{model}.tsv",
        summary="results/{study}/tables/normal_pid_summary_{model}.tsv",
        confusion="results/{study}/tables/normal_pid_confusion_{model}.tsv",
        calibration="results/{study}/tables/normal_pid_calibration_{model}.tsv",
    log:
        "results/logs/fit_normal_pid/{study}/{model}.log",
    benchmark:
        "results/benchmarks/fit_normal_pid/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        fit=part_of("analyses.normal_pid", "parts", "folds"),
        judgement=part_of("analyses.normal_pid", "prior", "bootstrap", "permutations"),
        groups=label_groups("normal_pid"),
        seed=learning_seed("fit_normal_pid"),
        code=fingerprint("learning/fit_normal_pid"),
    message:
        "Fitting a normal distribution per label to the latents of model {wildcards.model}"
    script:
        "../scripts/learning/fit_normal_pid.py"


rule compare_pid:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        pid=expand(
            "results/lartpc/pid/{sample}.parquet", sample=samples_of_hypotheses()
        ),
    output:
        performance="results/lartpc/tables/latent_pid_{model}.tsv",
        confusion="results/lartpc/tables/latent_pid_confusion_{model}.tsv",
    log:
        "results/logs/compare_pid/{model}.log",
    benchmark:
        "results/benchmarks/compare_pid/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        normal_pid=settings("analyses.normal_pid", without="label"),
        species=SPECIES,
        hypotheses=CONFIG.lartpc.pid.hypotheses,
        seed=seed_of("compare_pid"),
        code=fingerprint("lartpc/compare_pid"),
    message:
        "Identifying tracks by the latents of model {wildcards.model} and by calorimetry"
    script:
        "../scripts/lartpc/compare_pid.py"


rule relate_truth:
    input:
        truth=own_shards("results/lartpc/truth/{sample}/{shard}.parquet"),
        true_pixels=own_shards("results/lartpc/true_pixels/{sample}/{shard}.parquet"),
        clusters=own_shards("results/lartpc/clusters/{sample}/{shard}.parquet"),
        selected=own_shards("results/lartpc/selected/{sample}/{shard}.parquet"),
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
    output:
        factors="results/lartpc/factors/{sample}.parquet",
    log:
        "results/logs/relate_truth/{sample}.log",
    benchmark:
        "results/benchmarks/relate_truth/{sample}.tsv"
    group:
        "samples"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/relate_truth"),
    message:
        "Relating tracks to the truth of their particle: {wildcards.sample}"
    script:
        "../scripts/lartpc/relate_truth.py"


rule disentangle_latents:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        factors=factor_tables,
    output:
        scores="results/lartpc/tables/disentanglement_{model}.tsv",
        summary="results/lartpc/tables/disentanglement_summary_{model}.tsv",
        factors="results/lartpc/tables/factors_{model}.tsv",
    log:
        "results/logs/disentangle_latents/{model}.log",
    benchmark:
        "results/benchmarks/disentangle_latents/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        disentanglement=settings("analyses.disentanglement", without="samples"),
        samples=factor_samples,
        seed=seed_of("disentangle_latents"),
        code=fingerprint("lartpc/disentangle_latents"),
    message:
        "Holding the latents of model {wildcards.model} against true factors"
    script:
        "../scripts/lartpc/disentangle_latents.py"


rule plot_mixtures:
    input:
        mixtures="results/lartpc/tables/mixtures_{model}.tsv",
        bic="results/lartpc/tables/bic_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/mixtures_{model}.png",
            caption="../report/mixtures.rst",
            category="8 Latent space",
            subcategory="3 Groups and factors",
            labels={"figure": "Mixtures against labels", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/mixtures_{model}.pdf",
    log:
        "results/logs/plot_mixtures/{model}.log",
    benchmark:
        "results/benchmarks/plot_mixtures/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_mixtures"),
    message:
        "Drawing the mixtures of model {wildcards.model}"
    script:
        "../scripts/figures/plot_mixtures.py"


rule plot_normal_pid:
    input:
        confusion="results/lartpc/tables/normal_pid_confusion_{model}.tsv",
        compared=compared_pid("latent_pid_confusion"),
    output:
        png=report(
            "results/figures/lartpc/normal_pid_{model}.png",
            caption="../report/normal_pid.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={"figure": "Identification by latents", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/normal_pid_{model}.pdf",
    log:
        "results/logs/plot_normal_pid/{model}.log",
    benchmark:
        "results/benchmarks/plot_normal_pid/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        training=0,
        code=fingerprint("figures/plot_normal_pid"),
    message:
        "Drawing which species the latents of model {wildcards.model} tell"
    script:
        "../scripts/figures/plot_normal_pid.py"


rule plot_factors:
    input:
        factors="results/lartpc/tables/factors_{model}.tsv",
        scores="results/lartpc/tables/disentanglement_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/factors_{model}.png",
            caption="../report/factors.rst",
            category="8 Latent space",
            subcategory="3 Groups and factors",
            labels={"figure": "Dimensions against true factors", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/factors_{model}.pdf",
    log:
        "results/logs/plot_factors/{model}.log",
    benchmark:
        "results/benchmarks/plot_factors/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        training=0,
        code=fingerprint("figures/plot_factors"),
    message:
        "Drawing the true factors in the latents of model {wildcards.model}"
    script:
        "../scripts/figures/plot_factors.py"
