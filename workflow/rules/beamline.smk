"""The selected tracks against the beam line, and what contaminates them."""


include: "beamline_inputs.smk"


rule check_beam:
    input:
        own=of_shards(
            "results/lartpc/track_calorimetry/{sample}/{shard}.parquet",
            samples_with_known_range(),
        ),
        beamline=expand(
            "results/lartpc/beamline/{sample}.parquet", sample=samples_with_beamline()
        ),
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", samples_with_beamline()
        ),
    output:
        beam_tracks="results/lartpc/beam_tracks.parquet",
        mass_checks="results/lartpc/tables/mass_checks.tsv",
        range_checks="results/lartpc/tables/range_checks.tsv",
    log:
        "results/logs/check_beam.log",
    benchmark:
        "results/benchmarks/check_beam.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        detector=study_readout(),
        volume=part_of("lartpc.beam_checks", "upstream_cm", "edge_cm"),
        masses=part_of("lartpc.beam_checks", "mass_windows", "bootstrap"),
        ranges=part_of("lartpc.beam_checks", "tolerance", "bootstrap"),
        species=SPECIES,
        seed=seed_of("check_beam"),
        code=fingerprint("lartpc/check_beam"),
    message:
        "Holding the tracks against the beam's mass and momentum"
    script:
        "../scripts/lartpc/check_beam.py"


rule check_scores:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        beam_tracks="results/lartpc/beam_tracks.parquet",
    output:
        score_checks="results/lartpc/tables/score_checks_{model}.tsv",
    log:
        "results/logs/check_scores/{model}.log",
    benchmark:
        "results/benchmarks/check_scores/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        masses=part_of("lartpc.beam_checks", "mass_windows"),
        code=fingerprint("lartpc/check_scores"),
    message:
        "Asking the beam line what model {wildcards.model} finds strange"
    script:
        "../scripts/lartpc/check_scores.py"


rule assess_contamination:
    input:
        pid=contamination_inputs("results/lartpc/pid/{sample}.parquet"),
        beamline=contamination_inputs("results/lartpc/beamline/{sample}.parquet"),
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
        truth=shards_if_simulated("results/lartpc/truth/{sample}/{shard}.parquet"),
        cluster_truth=shards_if_simulated(
            "results/lartpc/cluster_truth/{sample}/{shard}.parquet"
        ),
    output:
        contamination="results/lartpc/tables/contamination_{sample}.tsv",
        bins="results/lartpc/contamination/{sample}.parquet",
        closure="results/lartpc/tables/contamination_closure_{sample}.tsv",
    log:
        "results/logs/assess_contamination/{sample}.log",
    benchmark:
        "results/benchmarks/assess_contamination/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(contaminated_samples()),
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        species=of_sample("species"),
        templates=contamination_templates(),
        hypotheses=told_apart,
        fit=part_of("lartpc.contamination", "bins", "toys"),
        closure=part_of("lartpc.contamination", "bins", "shares", "mixtures"),
        seed=seed_of("assess_contamination"),
        code=fingerprint("lartpc/assess_contamination"),
    message:
        "Estimating the contamination of {wildcards.sample}"
    script:
        "../scripts/lartpc/assess_contamination.py"


rule plot_beam_checks:
    input:
        mass_checks="results/lartpc/tables/mass_checks.tsv",
        range_checks="results/lartpc/tables/range_checks.tsv",
    output:
        png=report(
            "results/figures/lartpc/beam_checks.png",
            caption="../report/beam_checks.rst",
            category="3 Selection",
            labels={"figure": "Mass and range of the tracks"},
        ),
        pdf="results/figures/lartpc/beam_checks.pdf",
    log:
        "results/logs/plot_beam_checks.log",
    benchmark:
        "results/benchmarks/plot_beam_checks.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_beam_checks"),
    message:
        "Drawing mass and range of the tracks"
    script:
        "../scripts/figures/plot_beam_checks.py"


rule plot_contamination:
    input:
        contamination="results/lartpc/tables/contamination_{sample}.tsv",
        bins="results/lartpc/contamination/{sample}.parquet",
        closure="results/lartpc/tables/contamination_closure_{sample}.tsv",
    output:
        png=report(
            "results/figures/lartpc/contamination_{sample}.png",
            caption="../report/contamination.rst",
            category="3 Selection",
            labels={"figure": "Contamination", "sample": "{sample}"},
        ),
        pdf="results/figures/lartpc/contamination_{sample}.pdf",
    log:
        "results/logs/plot_contamination/{sample}.log",
    benchmark:
        "results/benchmarks/plot_contamination/{sample}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        hypotheses=told_apart,
        code=fingerprint("figures/plot_contamination"),
    message:
        "Drawing the contamination of {wildcards.sample}"
    script:
        "../scripts/figures/plot_contamination.py"
