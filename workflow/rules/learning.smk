"""Training, inference and the analyses of the latent space, for every study."""

TSV_ANALYSES = ["correlations", "probes", "anomaly"]


def all_shards(pattern):
    """Return the files of every shard of every sample, the study still open."""
    return of_shards(pattern.replace("{study}", "{{study}}"))


def training_shards(pattern):
    """Return a function that names the files of the samples which train a model."""

    def files(wildcards):
        samples = MODELS[wildcards.model].trained_on
        return of_shards(pattern.replace("{study}", wildcards.study), samples)

    return files


def trainings(pattern):
    """Return a function that names one file per training of a model."""

    def files(wildcards):
        return expand(pattern, training=SEEDS, **dict(wildcards.items()))

    return files


def split_settings(wildcards):
    """Return what the split of a model depends on, and nothing of its training."""
    training = MODELS[wildcards.model].training
    content = training.model_dump(mode="json", include={"validation", "fraction", "balanced"})
    return {"trained_on": trained_on(wildcards), **content}


def trained_on(wildcards):
    return list(MODELS[wildcards.model].trained_on)


def training_threads(wildcards):
    return MODELS[wildcards.model].training.threads


def checkpoint(wildcards):
    """Return where a training resumes from; changed code starts afresh."""
    code = fingerprint("learning/train_model")
    name = f"{wildcards.model}_{wildcards.training}_{code}.safetensors"
    return f"results/{wildcards.study}/checkpoints/{name}"


def probes_settings(wildcards):
    """Return the settings of the probes; by default every other sample against a trained one."""
    content = settings("analyses.probes")
    if content["tasks"] is None:
        trained = trained_on(wildcards)
        others = [sample for sample in SAMPLES if sample not in trained]
        content["tasks"] = [[other, trained[0]] for other in others or trained[1:]]
    return content


rule split_data:
    message:
        "Splitting the data of model {wildcards.model}"
    input:
        row_keys=all_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
    output:
        split="results/{study}/splits/{model}.parquet",
    params:
        split=split_settings,
        species={name: sample.species for name, sample in SAMPLES.items()},
        # One seed for all models, so that pools of different size lie in each other.
        seed=seed_for(CONFIG.seed, "split_data"),
        code=fingerprint("learning/split_data"),
    log:
        "results/logs/split_data/{study}/{model}.log",
    benchmark:
        "results/benchmarks/split_data/{study}/{model}.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/learning.yaml"
    script:
        "../scripts/learning/split_data.py"


rule train_model:
    message:
        "Training model {wildcards.model}, training {wildcards.training}"
    input:
        images=training_shards("results/{study}/images/{sample}/{shard}.safetensors"),
        row_keys=training_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
        split="results/{study}/splits/{model}.parquet",
    output:
        weights="results/{study}/models/{model}/{training}/weights.safetensors",
        description="results/{study}/models/{model}/{training}/model.json",
        history="results/{study}/models/{model}/{training}/history.parquet",
    params:
        model=model_settings,
        seed=seed_of("train_model"),
        # Not an output: Snakemake deletes outputs before an attempt, and a training resumes.
        checkpoint=checkpoint,
        code=fingerprint("learning/train_model"),
    log:
        "results/logs/train_model/{study}/{model}/{training}.log",
    benchmark:
        "results/benchmarks/train_model/{study}/{model}/{training}.tsv"
    threads: training_threads
    resources:
        mem_mb=4000,
        runtime=120,
        gpu=1,
    conda:
        "../../envs/learning.yaml"
    script:
        "../scripts/learning/train_model.py"


rule infer_latents:
    message:
        "Inferring the latents: model {wildcards.model}, training {wildcards.training}"
    input:
        images=all_shards("results/{study}/images/{sample}/{shard}.safetensors"),
        row_keys=all_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
        split="results/{study}/splits/{model}.parquet",
        weights="results/{study}/models/{model}/{training}/weights.safetensors",
        description="results/{study}/models/{model}/{training}/model.json",
    output:
        latents="results/{study}/latents/{model}/{training}.parquet",
        reconstructions="results/{study}/reconstructions/{model}/{training}.safetensors",
        row_keys="results/{study}/reconstructions/{model}/{training}.keys.parquet",
    params:
        code=fingerprint("learning/infer_latents"),
    log:
        "results/logs/infer_latents/{study}/{model}/{training}.log",
    benchmark:
        "results/benchmarks/infer_latents/{study}/{model}/{training}.tsv"
    threads: training_threads
    resources:
        mem_mb=4000,
        runtime=30,
        gpu=1,
    conda:
        "../../envs/learning.yaml"
    script:
        "../scripts/learning/infer_latents.py"


rule probe_latents:
    message:
        "Probing the latents of model {wildcards.model} for the samples"
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        probes="results/{study}/tables/probes_{model}.tsv",
    params:
        probes=probes_settings,
        seed=seed_of("probe_latents"),
        code=fingerprint("learning/probe_latents"),
    log:
        "results/logs/probe_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/probe_latents/{study}/{model}.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/learning/probe_latents.py"


rule map_latents:
    message:
        "Mapping the latents of model {wildcards.model} onto a plane (UMAP)"
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        map="results/{study}/maps/{model}.parquet",
    params:
        map=settings("analyses.map"),
        seed=seed_of("map_latents"),
        code=fingerprint("learning/map_latents"),
    log:
        "results/logs/map_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/map_latents/{study}/{model}.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/learning/map_latents.py"


rule score_anomalies:
    message:
        "Scoring what model {wildcards.model} finds strange"
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        scores="results/{study}/anomaly/{model}/scores.parquet",
        roc="results/{study}/anomaly/{model}/roc.parquet",
        anomaly="results/{study}/tables/anomaly_{model}.tsv",
    params:
        anomaly=settings("analyses.anomaly"),
        trained_on=trained_on,
        seed=seed_of("score_anomalies"),
        code=fingerprint("learning/score_anomalies"),
    log:
        "results/logs/score_anomalies/{study}/{model}.log",
    benchmark:
        "results/benchmarks/score_anomalies/{study}/{model}.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/learning/score_anomalies.py"


rule traverse_latents:
    message:
        "Traversing the latent dimensions of model {wildcards.model}"
    input:
        latents="results/{study}/latents/{model}/0.parquet",
        weights="results/{study}/models/{model}/0/weights.safetensors",
        description="results/{study}/models/{model}/0/model.json",
    output:
        traversal="results/{study}/traversals/{model}.safetensors",
    params:
        traversal=settings("analyses.traversal"),
        code=fingerprint("learning/traverse_latents"),
    log:
        "results/logs/traverse_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/traverse_latents/{study}/{model}.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/learning.yaml"
    script:
        "../scripts/learning/traverse_latents.py"
