"""What can be read from the latents: species, populations, and where probes fail."""


rule probe_latents:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        probes="results/{study}/tables/probes_{model}.tsv",
        summary="results/{study}/tables/probes_summary_{model}.tsv",
        scores="results/{study}/probes/{model}/scores.parquet",
    log:
        "results/logs/probe_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/probe_latents/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        probes=probes_settings,
        seed=learning_seed("probe_latents"),
        code=fingerprint("learning/probe_latents"),
    message:
        "Probing the latents of model {wildcards.model} for the samples"
    script:
        "../scripts/learning/probe_latents.py"


rule probe_several:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        performance="results/{study}/tables/multiclass_{model}.tsv",
        summary="results/{study}/tables/multiclass_summary_{model}.tsv",
        confusion="results/{study}/tables/multiclass_confusion_{model}.tsv",
    log:
        "results/logs/probe_several/{study}/{model}.log",
    benchmark:
        "results/benchmarks/probe_several/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        multiclass=settings("analyses.multiclass", without="label"),
        groups=label_groups("multiclass"),
        seed=learning_seed("probe_several"),
        code=fingerprint("learning/probe_several"),
    message:
        "Telling all labels apart at once in the latents of model {wildcards.model}"
    script:
        "../scripts/learning/probe_several.py"


rule find_hard_cases:
    input:
        scores="results/{study}/probes/{model}/scores.parquet",
    output:
        verdicts="results/{study}/probes/{model}/verdicts.parquet",
        hard_cases="results/{study}/tables/hard_cases_{model}.tsv",
        shares="results/{study}/tables/hard_shares_{model}.tsv",
    log:
        "results/logs/find_hard_cases/{study}/{model}.log",
    benchmark:
        "results/benchmarks/find_hard_cases/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        hard_cases=settings("analyses.hard_cases", without="shown"),
        seed=learning_seed("find_hard_cases"),
        code=fingerprint("learning/find_hard_cases"),
    message:
        "Finding what is hard for all probes of model {wildcards.model}"
    script:
        "../scripts/learning/find_hard_cases.py"


rule compare_probes:
    input:
        scores="results/lartpc/probes/{model}/scores.parquet",
        pid=expand(
            "results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry()
        ),
    output:
        agreement="results/lartpc/tables/agreement_{model}.tsv",
        summary="results/lartpc/tables/agreement_summary_{model}.tsv",
    log:
        "results/logs/compare_probes/{model}.log",
    benchmark:
        "results/benchmarks/compare_probes/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        agreement=settings("analyses.agreement"),
        species=SPECIES,
        hypotheses=CONFIG.lartpc.pid.hypotheses,
        seed=seed_of("compare_probes"),
        code=fingerprint("lartpc/compare_probes"),
    message:
        "Comparing the opinions of the probes of model {wildcards.model}"
    script:
        "../scripts/lartpc/compare_probes.py"


rule explain_hard_cases:
    input:
        verdicts="results/lartpc/probes/{model}/verdicts.parquet",
        truth=of_shards(
            "results/lartpc/truth/{sample}/{shard}.parquet", simulated_samples()
        ),
        cluster_truth=of_shards(
            "results/lartpc/cluster_truth/{sample}/{shard}.parquet",
            simulated_samples(),
        ),
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", simulated_samples()
        ),
    output:
        causes="results/lartpc/tables/hard_causes_{model}.tsv",
    log:
        "results/logs/explain_hard_cases/{model}.log",
    benchmark:
        "results/benchmarks/explain_hard_cases/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        hard_causes=settings("lartpc.hard_causes"),
        code=fingerprint("lartpc/explain_hard_cases"),
    message:
        "Explaining what is hard for the probes of model {wildcards.model}"
    script:
        "../scripts/lartpc/explain_hard_cases.py"


rule probe_populations:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        beamline=expand(
            "results/lartpc/beamline/{sample}.parquet", sample=samples_with_beamline()
        ),
    output:
        populations="results/lartpc/tables/populations_{model}.tsv",
        summary="results/lartpc/tables/populations_summary_{model}.tsv",
        differences="results/lartpc/tables/population_differences_{model}.tsv",
        differences_summary="results/lartpc/tables/population_differences_summary_{model}.tsv",
    log:
        "results/logs/probe_populations/{model}.log",
    benchmark:
        "results/benchmarks/probe_populations/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        groups=population_groups,
        subsets=CONFIG.lartpc.populations.subsets,
        probes=part_of(
            "analyses.probes",
            *("parts", "folds", "hidden", "penalty", "bootstrap", "permutations"),
        ),
        seed=probes_seed,
        code=fingerprint("lartpc/probe_populations"),
    message:
        "Telling populations apart in the latents of model {wildcards.model}"
    script:
        "../scripts/lartpc/probe_populations.py"


rule plot_agreement:
    input:
        agreement="results/lartpc/tables/agreement_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/agreement_{model}.png",
            caption="../report/agreement.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={"figure": "Agreement of the probes", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/agreement_{model}.pdf",
    log:
        "results/logs/plot_agreement/{model}.log",
    benchmark:
        "results/benchmarks/plot_agreement/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_agreement"),
    message:
        "Drawing how far the probes of model {wildcards.model} agree"
    script:
        "../scripts/figures/plot_agreement.py"


rule plot_hard_cases:
    input:
        verdicts="results/lartpc/probes/{model}/verdicts.parquet",
        images=of_shards("results/lartpc/images/{sample}/{shard}.safetensors"),
        row_keys=of_shards("results/lartpc/images/{sample}/{shard}.keys.parquet"),
    output:
        png=report(
            "results/figures/lartpc/hard_cases_{model}.png",
            caption="../report/hard_cases.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={"figure": "Hard tracks beside easy ones", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/hard_cases_{model}.pdf",
    log:
        "results/logs/plot_hard_cases/{model}.log",
    benchmark:
        "results/benchmarks/plot_hard_cases/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        task=first_task,
        shown=CONFIG.analyses.hard_cases.shown,
        code=fingerprint("figures/plot_hard_cases"),
    message:
        "Drawing what is hard for the probes of model {wildcards.model}"
    script:
        "../scripts/figures/plot_hard_cases.py"


rule plot_hard_causes:
    input:
        shares="results/lartpc/tables/hard_shares_{model}.tsv",
        causes="results/lartpc/tables/hard_causes_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/hard_causes_{model}.png",
            caption="../report/hard_causes.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={"figure": "What the hard tracks are", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/hard_causes_{model}.pdf",
    log:
        "results/logs/plot_hard_causes/{model}.log",
    benchmark:
        "results/benchmarks/plot_hard_causes/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        task=first_task,
        code=fingerprint("figures/plot_hard_causes"),
    message:
        "Drawing what the hard tracks of model {wildcards.model} are"
    script:
        "../scripts/figures/plot_hard_causes.py"


rule plot_populations:
    input:
        populations="results/lartpc/tables/populations_{model}.tsv",
        differences="results/lartpc/tables/population_differences_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/populations_{model}.png",
            caption="../report/populations.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={"figure": "Picky and clean populations", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/populations_{model}.pdf",
    log:
        "results/logs/plot_populations/{model}.log",
    benchmark:
        "results/benchmarks/plot_populations/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        groups=population_groups,
        code=fingerprint("figures/plot_populations"),
    message:
        "Drawing the populations of model {wildcards.model}"
    script:
        "../scripts/figures/plot_populations.py"


rule plot_multiclass:
    input:
        performance="results/lartpc/tables/multiclass_{model}.tsv",
        confusion="results/lartpc/tables/multiclass_confusion_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/multiclass_{model}.png",
            caption="../report/multiclass.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={"figure": "All species at once", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/multiclass_{model}.pdf",
    log:
        "results/logs/plot_multiclass/{model}.log",
    benchmark:
        "results/benchmarks/plot_multiclass/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_multiclass"),
    message:
        "Drawing the species told apart by model {wildcards.model}"
    script:
        "../scripts/figures/plot_multiclass.py"
