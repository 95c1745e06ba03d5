"""Training, inference and the analyses of the latent space, for every study."""


rule split_data:
    input:
        row_keys=training_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
    output:
        split="results/{study}/splits/{model}.parquet",
    log:
        "results/logs/split_data/{study}/{model}.log",
    benchmark:
        "results/benchmarks/split_data/{study}/{model}.tsv"
    localrule: True
    conda:
        "../../envs/learning.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        split=split_settings,
        species=SPECIES,
        # One seed for all models, so that pools of different size lie in each other.
        seed=seed_for(CONFIG.seed, "split_data"),
        code=fingerprint("learning/split_data"),
    message:
        "Splitting the data of model {wildcards.model}"
    script:
        "../scripts/learning/split_data.py"


rule train_model:
    input:
        images=training_shards("results/{study}/images/{sample}/{shard}.safetensors"),
        row_keys=training_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
        split="results/{study}/splits/{model}.parquet",
    output:
        weights="results/{study}/models/{model}/{training}/weights.safetensors",
        description="results/{study}/models/{model}/{training}/model.json",
        history="results/{study}/models/{model}/{training}/history.parquet",
    log:
        "results/logs/train_model/{study}/{model}/{training}.log",
    benchmark:
        "results/benchmarks/train_model/{study}/{model}/{training}.tsv"
    # The longest jobs of a run: the sooner they start, the sooner all ends.
    priority: 20
    group:
        "trainings"
    conda:
        "../../envs/learning.yaml"
    threads: training_threads
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
        gpu=1,
    params:
        model=model_settings,
        seed=learning_seed("train_model"),
        # Not an output: Snakemake deletes outputs before an attempt, and a training resumes.
        checkpoint=checkpoint,
        code=fingerprint("learning/train_model"),
    message:
        "Training model {wildcards.model}, training {wildcards.training}"
    script:
        "../scripts/learning/train_model.py"


rule infer_latents:
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
    log:
        "results/logs/infer_latents/{study}/{model}/{training}.log",
    benchmark:
        "results/benchmarks/infer_latents/{study}/{model}/{training}.tsv"
    wildcard_constraints:
        model=one_of([*MODELS, "fidelity"]),
    group:
        "trainings"
    conda:
        "../../envs/learning.yaml"
    threads: training_threads
    resources:
        mem_mb=growing(4000),
        runtime=growing(10),
        gpu=1,
    params:
        code=fingerprint("learning/infer_latents"),
    message:
        "Inferring the latents: model {wildcards.model}, training {wildcards.training}"
    script:
        "../scripts/learning/infer_latents.py"


rule map_latents:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
    output:
        map="results/{study}/maps/{model}.parquet",
    log:
        "results/logs/map_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/map_latents/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        map=settings("analyses.map"),
        seed=seed_of("map_latents"),
        code=fingerprint("learning/map_latents"),
    message:
        "Mapping the latents of model {wildcards.model} onto a plane (UMAP)"
    script:
        "../scripts/learning/map_latents.py"


rule traverse_latents:
    input:
        latents="results/{study}/latents/{model}/0.parquet",
        weights="results/{study}/models/{model}/0/weights.safetensors",
        description="results/{study}/models/{model}/0/model.json",
    output:
        traversal="results/{study}/traversals/{model}.safetensors",
    log:
        "results/logs/traverse_latents/{study}/{model}.log",
    benchmark:
        "results/benchmarks/traverse_latents/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/learning.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        traversal=settings("analyses.traversal"),
        code=fingerprint("learning/traverse_latents"),
    message:
        "Traversing the latent dimensions of model {wildcards.model}"
    script:
        "../scripts/learning/traverse_latents.py"
