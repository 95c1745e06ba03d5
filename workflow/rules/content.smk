"""What the latents hold: analyses of the tracks' features, walks, and their figures."""


rule decompose_variance:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        variance="results/lartpc/tables/variance_{model}.tsv",
    log:
        "results/logs/decompose_variance/{model}.log",
    benchmark:
        "results/benchmarks/decompose_variance/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        variance=settings("analyses.variance"),
        seed=seed_of("decompose_variance"),
        code=fingerprint("lartpc/decompose_variance"),
    message:
        "Dividing the variance of the latents of model {wildcards.model}"
    script:
        "../scripts/lartpc/decompose_variance.py"


rule read_features:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        content="results/lartpc/tables/content_{model}.tsv",
        importance="results/lartpc/tables/importance_{model}.tsv",
    log:
        "results/logs/read_features/{model}.log",
    benchmark:
        "results/benchmarks/read_features/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        content=settings("analyses.content"),
        seed=seed_of("read_features"),
        code=fingerprint("lartpc/read_features"),
    message:
        "Reading the features from the latents of model {wildcards.model}"
    script:
        "../scripts/lartpc/read_features.py"


rule measure_information:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        information="results/lartpc/tables/mutual_information_{model}.tsv",
    log:
        "results/logs/measure_information/{model}.log",
    benchmark:
        "results/benchmarks/measure_information/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        information=settings("analyses.information"),
        seed=seed_of("measure_information"),
        code=fingerprint("lartpc/measure_information"),
    message:
        "Estimating what latents and features of model {wildcards.model} know of each other"
    script:
        "../scripts/lartpc/measure_information.py"


rule probe_within_samples:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        within="results/lartpc/tables/within_{model}.tsv",
        proxy="results/lartpc/tables/proxy_{model}.tsv",
    log:
        "results/logs/probe_within_samples/{model}.log",
    benchmark:
        "results/benchmarks/probe_within_samples/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        within=settings("analyses.within"),
        seed=seed_of("probe_within_samples"),
        code=fingerprint("lartpc/probe_within_samples"),
    message:
        "Telling the tracks of one sample apart by the latents of model {wildcards.model}"
    script:
        "../scripts/lartpc/probe_within_samples.py"


rule measure_dimensions:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        dimensions="results/{study}/tables/dimensions_{model}.tsv",
    log:
        "results/logs/measure_dimensions/{study}/{model}.log",
    benchmark:
        "results/benchmarks/measure_dimensions/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        dimensions=settings("analyses.dimensions"),
        seed=learning_seed("measure_dimensions"),
        code=fingerprint("learning/measure_dimensions"),
    message:
        "Measuring the latent dimensions of model {wildcards.model}"
    script:
        "../scripts/learning/measure_dimensions.py"


rule walk_latents:
    input:
        latents="results/{study}/latents/{model}/0.parquet",
        weights="results/{study}/models/{model}/0/weights.safetensors",
        description="results/{study}/models/{model}/0/model.json",
        images=all_shards("results/{study}/images/{sample}/{shard}.safetensors"),
        row_keys=all_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
    output:
        walks="results/{study}/walks/{model}/walks.safetensors",
        walk_keys="results/{study}/walks/{model}/walks.keys.parquet",
        interpolations="results/{study}/walks/{model}/interpolations.safetensors",
        interpolation_keys="results/{study}/walks/{model}/interpolations.keys.parquet",
    log:
        "results/logs/walk_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/walk_latents/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/learning.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        traversal=settings("analyses.traversal"),
        walks=settings("analyses.walks"),
        trained_on=trained_on,
        code=fingerprint("learning/walk_latents"),
    message:
        "Walking through the latent space of model {wildcards.model} from chosen tracks"
    script:
        "../scripts/learning/walk_latents.py"


rule measure_walks:
    input:
        traversal="results/lartpc/traversals/{model}.safetensors",
        walks="results/lartpc/walks/{model}/walks.safetensors",
        walk_keys="results/lartpc/walks/{model}/walks.keys.parquet",
        interpolations="results/lartpc/walks/{model}/interpolations.safetensors",
        interpolation_keys="results/lartpc/walks/{model}/interpolations.keys.parquet",
    output:
        walks="results/lartpc/tables/walks_{model}.tsv",
        interpolations="results/lartpc/tables/interpolations_{model}.tsv",
    log:
        "results/logs/measure_walks/{model}.log",
    benchmark:
        "results/benchmarks/measure_walks/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        sigmas=CONFIG.analyses.traversal.sigmas,
        code=fingerprint("lartpc/measure_walks"),
    message:
        "Measuring the images along the walks of model {wildcards.model}"
    script:
        "../scripts/lartpc/measure_walks.py"


rule plot_variance:
    input:
        variance="results/lartpc/tables/variance_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/variance_{model}.png",
            caption="../report/variance.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "variance", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/variance_{model}.pdf",
    log:
        "results/logs/plot_variance/{model}.log",
    benchmark:
        "results/benchmarks/plot_variance/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_variance"),
    message:
        "Drawing the variance of the latents of model {wildcards.model}"
    script:
        "../scripts/figures/plot_variance.py"


rule plot_label_correlations:
    input:
        correlations="results/lartpc/tables/correlations_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/label_correlations_{model}.png",
            caption="../report/label_correlations.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "correlations by sample", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/label_correlations_{model}.pdf",
    log:
        "results/logs/plot_label_correlations/{model}.log",
    benchmark:
        "results/benchmarks/plot_label_correlations/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_label_correlations"),
    message:
        "Drawing the correlations of model {wildcards.model} by sample"
    script:
        "../scripts/figures/plot_label_correlations.py"


rule plot_content:
    input:
        content="results/lartpc/tables/content_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/content_{model}.png",
            caption="../report/content.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "content", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/content_{model}.pdf",
    log:
        "results/logs/plot_content/{model}.log",
    benchmark:
        "results/benchmarks/plot_content/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_content"),
    message:
        "Drawing what can be read from the latents of model {wildcards.model}"
    script:
        "../scripts/figures/plot_content.py"


rule plot_importance:
    input:
        importance="results/lartpc/tables/importance_{model}.tsv",
        information="results/lartpc/tables/mutual_information_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/importance_{model}.png",
            caption="../report/importance.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "where the content lies", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/importance_{model}.pdf",
    log:
        "results/logs/plot_importance/{model}.log",
    benchmark:
        "results/benchmarks/plot_importance/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_importance"),
    message:
        "Drawing where the content of model {wildcards.model} lies"
    script:
        "../scripts/figures/plot_importance.py"


rule plot_within:
    input:
        within="results/lartpc/tables/within_{model}.tsv",
        proxy="results/lartpc/tables/proxy_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/within_{model}.png",
            caption="../report/within.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "within one sample", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/within_{model}.pdf",
    log:
        "results/logs/plot_within/{model}.log",
    benchmark:
        "results/benchmarks/plot_within/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_within"),
    message:
        "Drawing what the latents of model {wildcards.model} know within a sample"
    script:
        "../scripts/figures/plot_within.py"


rule plot_walks:
    input:
        walks="results/lartpc/walks/{model}/walks.safetensors",
        walk_keys="results/lartpc/walks/{model}/walks.keys.parquet",
    output:
        png=report(
            "results/figures/lartpc/walks_{model}.png",
            caption="../report/walks.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "walks from tracks", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/walks_{model}.pdf",
    log:
        "results/logs/plot_walks/{model}.log",
    benchmark:
        "results/benchmarks/plot_walks/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        sigmas=CONFIG.analyses.traversal.sigmas,
        code=fingerprint("figures/plot_walks"),
    message:
        "Drawing walks from chosen tracks, model {wildcards.model}"
    script:
        "../scripts/figures/plot_walks.py"


rule plot_interpolations:
    input:
        interpolations="results/lartpc/walks/{model}/interpolations.safetensors",
        interpolation_keys="results/lartpc/walks/{model}/interpolations.keys.parquet",
    output:
        png=report(
            "results/figures/lartpc/interpolations_{model}.png",
            caption="../report/interpolations.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "interpolations", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/interpolations_{model}.pdf",
    log:
        "results/logs/plot_interpolations/{model}.log",
    benchmark:
        "results/benchmarks/plot_interpolations/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_interpolations"),
    message:
        "Drawing interpolations between tracks, model {wildcards.model}"
    script:
        "../scripts/figures/plot_interpolations.py"


rule plot_feature_maps:
    input:
        map="results/lartpc/maps/{model}.parquet",
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        png=report(
            "results/figures/lartpc/feature_maps_{model}.png",
            caption="../report/feature_maps.rst",
            category="8 Latent space",
            subcategory="4 Maps",
            labels={"figure": "map by every feature", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/feature_maps_{model}.pdf",
    log:
        "results/logs/plot_feature_maps/{model}.log",
    benchmark:
        "results/benchmarks/plot_feature_maps/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_feature_maps"),
    message:
        "Drawing the map of model {wildcards.model} by every feature"
    script:
        "../scripts/figures/plot_feature_maps.py"
