"""The interactive page of the latents, for every track with its images and its event."""


rule explore_latents:
    input:
        latents=explored("results/lartpc/latents/{model}/{training}.parquet"),
        reconstructions=explored(
            "results/lartpc/reconstructions/{model}/{training}.safetensors"
        ),
        reconstruction_keys=explored(
            "results/lartpc/reconstructions/{model}/{training}.keys.parquet"
        ),
        map="results/lartpc/maps/{model}.parquet",
        scores="results/lartpc/anomaly/{model}/scores.parquet",
        images=of_shards("results/lartpc/images/{sample}/{shard}.safetensors"),
        row_keys=of_shards("results/lartpc/images/{sample}/{shard}.keys.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
        tracks=of_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
        hits=of_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
        clusters=of_shards("results/lartpc/clusters/{sample}/{shard}.parquet"),
        pid=expand(
            "results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry()
        ),
        beamline=expand(
            "results/lartpc/beamline/{sample}.parquet", sample=samples_with_beamline()
        ),
        truth=of_shards(
            "results/lartpc/truth/{sample}/{shard}.parquet", simulated_samples()
        ),
    output:
        folder=directory("results/lartpc/explorer/{model}"),
        page=report(
            "results/lartpc/explorer/{model}.html",
            caption="../report/explorer.rst",
            category="0 Results",
            labels={"figure": "Interactive map", "model": "{model}"},
        ),
    log:
        "results/logs/explore_latents/{model}.log",
    benchmark:
        "results/benchmarks/explore_latents/{model}.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(2500),
        runtime=growing(20),
    params:
        training=CONFIG.analyses.explorer.training,
        look=part_of("analyses.explorer", "softening", "rows_per_file"),
        folder=part_of("analyses.explorer", "softening", "rows_per_file", "display_kb"),
        page_points=CONFIG.analyses.explorer.page_points,
        scores=CONFIG.analyses.anomaly.scores.wanted,
        species=SPECIES,
        detector=DETECTORS[CONFIG.detector].model_dump(mode="json"),
        seed=seed_of("explore_latents"),
        code=fingerprint("lartpc/explore_latents"),
    message:
        "Writing the interactive page of model {wildcards.model}"
    script:
        "../scripts/lartpc/explore_latents.py"
