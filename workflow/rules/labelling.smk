"""Clean samples: one pair of clusters per listed event, by a forest, by hand or by its height."""


include: "labelling_inputs.smk"


rule list_candidates:
    input:
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
        events=of_clean("events"),
        record=record_of("events"),
    output:
        candidates="results/lartpc/candidates/{sample}/{shard}.parquet",
    log:
        "results/logs/list_candidates/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/list_candidates/{sample}/{shard}.tsv"
    group:
        "shards"
    conda:
        "../../envs/features.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        min_height=CONFIG.lartpc.track_choice.min_height,
        weights=settings("lartpc.matching.weights"),
        code=fingerprint("lartpc/list_candidates"),
    message:
        "Describing every pair of clusters: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/list_candidates.py"


rule choose_by_forest:
    input:
        candidates=own_shards("results/lartpc/candidates/{sample}/{shard}.parquet"),
        labels=of_clean("labels"),
        record=record_of("labels"),
    output:
        scored="results/lartpc/scored_candidates/{sample}.parquet",
        choices="results/lartpc/choices/{sample}.parquet",
    log:
        "results/logs/choose_by_forest/{sample}.log",
    benchmark:
        "results/benchmarks/choose_by_forest/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(clean_samples("forest")),
    group:
        "shards"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        forest=forest_settings(),
        seed=seed_of("choose_by_forest"),
        code=fingerprint("lartpc/choose_by_forest"),
    message:
        "Choosing one track per event by a random forest: {wildcards.sample}"
    script:
        "../scripts/lartpc/choose_by_forest.py"


rule choose_by_hand:
    input:
        labels=of_clean("labels"),
        events=of_clean("events"),
        record=record_of("events", "labels"),
    output:
        choices="results/lartpc/choices/{sample}.parquet",
    log:
        "results/logs/choose_by_hand/{sample}.log",
    benchmark:
        "results/benchmarks/choose_by_hand/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(clean_samples("hand")),
    group:
        "shards"
    conda:
        "../../envs/features.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/choose_by_hand"),
    message:
        "Taking the tracks that were chosen by hand: {wildcards.sample}"
    script:
        "../scripts/lartpc/choose_by_hand.py"


rule choose_by_matching:
    input:
        candidates=own_shards("results/lartpc/candidates/{sample}/{shard}.parquet"),
    output:
        choices="results/lartpc/choices/{sample}.parquet",
    log:
        "results/logs/choose_by_matching/{sample}.log",
    benchmark:
        "results/benchmarks/choose_by_matching/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(clean_samples("matching")),
    group:
        "shards"
    conda:
        "../../envs/features.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/choose_by_matching"),
    message:
        "Choosing the tallest pair per event: {wildcards.sample}"
    script:
        "../scripts/lartpc/choose_by_matching.py"


rule take_tracks:
    input:
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
        choices="results/lartpc/choices/{sample}.parquet",
    output:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    log:
        "results/logs/take_tracks/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/take_tracks/{sample}/{shard}.tsv"
    wildcard_constraints:
        sample=one_of(clean_samples()),
    group:
        "shards"
    conda:
        "../../envs/features.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        weights=settings("lartpc.matching.weights"),
        code=fingerprint("lartpc/take_tracks"),
    message:
        "Making tracks of the chosen pairs: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/take_tracks.py"


rule assess_track_choice:
    input:
        candidates=of_shards(
            "results/lartpc/candidates/{sample}/{shard}.parquet",
            sample_of_the_choice(),
        ),
        selected=of_shards(
            "results/lartpc/selected/{sample}/{shard}.parquet", sample_of_the_choice()
        ),
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", sample_of_the_choice()
        ),
        truth=of_shards(
            "results/lartpc/truth/{sample}/{shard}.parquet", sample_of_the_choice()
        ),
        cluster_truth=of_shards(
            "results/lartpc/cluster_truth/{sample}/{shard}.parquet",
            sample_of_the_choice(),
        ),
    output:
        scored="results/lartpc/track_choice.parquet",
        track_choice="results/lartpc/tables/track_choice.tsv",
    log:
        "results/logs/assess_track_choice.log",
    benchmark:
        "results/benchmarks/assess_track_choice.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        sample=sample_of_the_choice(),
        forest=forest_settings(),
        seed=seed_of("assess_track_choice"),
        code=fingerprint("lartpc/assess_track_choice"),
    message:
        "Holding the choice of one track per event against the truth"
    script:
        "../scripts/lartpc/assess_track_choice.py"


rule plot_track_choice:
    input:
        track_choice="results/lartpc/tables/track_choice.tsv",
    output:
        png=report(
            "results/figures/lartpc/track_choice.png",
            caption="../report/track_choice.rst",
            category="3 Selection",
            labels={"figure": "Choice of one track per event"},
        ),
        pdf="results/figures/lartpc/track_choice.pdf",
    log:
        "results/logs/plot_track_choice.log",
    benchmark:
        "results/benchmarks/plot_track_choice.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_track_choice"),
    message:
        "Drawing how well one track per event is chosen"
    script:
        "../scripts/figures/plot_track_choice.py"
