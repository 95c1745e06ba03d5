"""How strange each row is to a model, by many scores, and the leaderboard of these."""


rule score_images:
    input:
        images=all_shards("results/{study}/images/{sample}/{shard}.safetensors"),
        row_keys=all_shards("results/{study}/images/{sample}/{shard}.keys.parquet"),
        latents="results/{study}/latents/{model}/{training}.parquet",
        weights="results/{study}/models/{model}/{training}/weights.safetensors",
        description="results/{study}/models/{model}/{training}/model.json",
    output:
        scores="results/{study}/anomaly/{model}/{training}/model_scores.parquet",
    log:
        "results/logs/score_images/{study}/{model}/{training}.log",
    benchmark:
        "results/benchmarks/score_images/{study}/{model}/{training}.tsv"
    group:
        "trainings"
    conda:
        "../../envs/learning.yaml"
    threads: training_threads
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
        gpu=1,
    params:
        scores=part_of(
            "analyses.anomaly.scores", "wanted", "flow", "importance", "regret"
        ),
        seed=learning_seed("score_images"),
        code=fingerprint("learning/score_images"),
    message:
        "Scoring the images with model {wildcards.model}, training {wildcards.training}"
    script:
        "../scripts/learning/score_images.py"


rule score_anomalies:
    input:
        latents=trainings("results/{study}/latents/{model}/{training}.parquet"),
        model_scores=trainings(
            "results/{study}/anomaly/{model}/{training}/model_scores.parquet"
        ),
    output:
        scores="results/{study}/anomaly/{model}/scores.parquet",
    log:
        "results/logs/score_anomalies/{study}/{model}.log",
    benchmark:
        "results/benchmarks/score_anomalies/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        scores=part_of(
            "analyses.anomaly.scores", "wanted", "neighbours", "components", "trees"
        ),
        seed=learning_seed("score_anomalies"),
        code=fingerprint("learning/score_anomalies"),
    message:
        "Scoring what model {wildcards.model} finds strange"
    script:
        "../scripts/learning/score_anomalies.py"


rule assess_anomalies:
    input:
        scores="results/{study}/anomaly/{model}/scores.parquet",
    output:
        roc="results/{study}/anomaly/{model}/roc.parquet",
        anomaly="results/{study}/tables/anomaly_{model}.tsv",
    log:
        "results/logs/assess_anomalies/{study}/{model}.log",
    benchmark:
        "results/benchmarks/assess_anomalies/{study}/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        performance=settings("analyses.anomaly.performance"),
        wanted=CONFIG.analyses.anomaly.scores.wanted,
        trained_on=trained_on,
        seed=learning_seed("assess_anomalies"),
        code=fingerprint("learning/assess_anomalies"),
    message:
        "Assessing how well model {wildcards.model} finds samples that it never saw"
    script:
        "../scripts/learning/assess_anomalies.py"


rule rank_scores:
    input:
        scores=of_models("results/{study}/anomaly/{model}/scores.parquet"),
    output:
        leaderboard="results/{study}/tables/leaderboard.tsv",
        control="results/{study}/tables/leaderboard_control.tsv",
    log:
        "results/logs/rank_scores/{study}.log",
    benchmark:
        "results/benchmarks/rank_scores/{study}.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        models=models_of,
        trained_on=samples_of_models,
        wanted=CONFIG.analyses.anomaly.scores.wanted,
        performance=part_of("analyses.anomaly.performance", "bootstrap", "permutations"),
        seed=seed_of("rank_scores"),
        code=fingerprint("learning/rank_scores"),
    message:
        "Ranking the anomaly scores of every model"
    script:
        "../scripts/learning/rank_scores.py"


rule plot_leaderboard:
    input:
        leaderboard="results/lartpc/tables/leaderboard.tsv",
    output:
        png=report(
            "results/figures/lartpc/leaderboard.png",
            caption="../report/leaderboard.rst",
            category="9 Beyond the model",
            subcategory="1 Anomalies",
            labels={"figure": "leaderboard", "model": "all"},
        ),
        pdf="results/figures/lartpc/leaderboard.pdf",
    log:
        "results/logs/plot_leaderboard.log",
    benchmark:
        "results/benchmarks/plot_leaderboard.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_leaderboard"),
    message:
        "Drawing the leaderboard of the anomaly scores"
    script:
        "../scripts/figures/plot_leaderboard.py"


rule plot_anomaly_scores:
    input:
        scores="results/lartpc/anomaly/{model}/scores.parquet",
    output:
        png=report(
            "results/figures/lartpc/anomaly_scores_{model}.png",
            caption="../report/anomaly_scores.rst",
            category="9 Beyond the model",
            subcategory="1 Anomalies",
            labels={"figure": "distributions of scores", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/anomaly_scores_{model}.pdf",
    log:
        "results/logs/plot_anomaly_scores/{model}.log",
    benchmark:
        "results/benchmarks/plot_anomaly_scores/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        wanted=CONFIG.analyses.anomaly.scores.wanted,
        code=fingerprint("figures/plot_anomaly_scores"),
    message:
        "Drawing the anomaly scores of model {wildcards.model}"
    script:
        "../scripts/figures/plot_anomaly_scores.py"
