"""From raw ADC to tracks, images, features and particle hypotheses."""


rule simulate_beam:
    output:
        raw=(
            "results/lartpc/raw/{sample}/{shard}.root"
            if CONFIG.lartpc.simulation.keep_raw
            else temp("results/lartpc/raw/{sample}/{shard}.root")
        ),
        beamline="results/lartpc/beamline/{sample}/{shard}.csv",
        calorimetry="results/lartpc/calorimetry/{sample}/{shard}.csv",
        truth="results/lartpc/truth/{sample}/{shard}.parquet",
        true_pixels="results/lartpc/true_pixels/{sample}/{shard}.parquet",
    log:
        "results/logs/simulate_beam/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/simulate_beam/{sample}/{shard}.tsv"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        species=of_sample("species"),
        simulate=simulated,
        simulation=settings("lartpc.simulation", without="keep_raw"),
        detector=readout,
        events=simulated_events,
        seed=seed_of("simulate_beam"),
        code=fingerprint("lartpc/simulate_beam"),
    message:
        "Simulating the test beam: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/simulate_beam.py"


rule extract_hits:
    input:
        raw=raw_files,
        record=record_of("files"),
    output:
        hits="results/lartpc/hits/{sample}/{shard}.parquet",
    log:
        "results/logs/extract_hits/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/extract_hits/{sample}/{shard}.tsv"
    # Raw files are large and temporary: use them up before more are simulated.
    priority: 10
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        source=raw_source,
        subtract_pedestal=of_sample("subtract_pedestal"),
        detector=readout,
        code=fingerprint("lartpc/extract_hits"),
    message:
        "Extracting the pixels above threshold: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/extract_hits.py"


rule find_clusters:
    input:
        hits="results/lartpc/hits/{sample}/{shard}.parquet",
    output:
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
    log:
        "results/logs/find_clusters/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/find_clusters/{sample}/{shard}.tsv"
    priority: 10
    group:
        "shards"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        clustering=settings("lartpc.clustering"),
        code=fingerprint("lartpc/find_clusters"),
    message:
        "Clustering the pixels of each plane: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/find_clusters.py"


rule cut_clusters:
    input:
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
    output:
        selected="results/lartpc/selected/{sample}/{shard}.parquet",
        cut_flow="results/lartpc/cut_flow/{sample}/{shard}.parquet",
    log:
        "results/logs/cut_clusters/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/cut_clusters/{sample}/{shard}.tsv"
    priority: 10
    group:
        "shards"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        cuts=cuts,
        detector=detector,
        code=fingerprint("lartpc/cut_clusters"),
    message:
        "Keeping the clusters that may be beam tracks: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/cut_clusters.py"


rule match_planes:
    input:
        clusters="results/lartpc/selected/{sample}/{shard}.parquet",
    output:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    log:
        "results/logs/match_planes/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/match_planes/{sample}/{shard}.tsv"
    wildcard_constraints:
        sample=one_of(matched_samples()),
    priority: 10
    group:
        "shards"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        matching=settings("lartpc.matching"),
        code=fingerprint("lartpc/match_planes"),
    message:
        "Matching the clusters of both planes: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/match_planes.py"


rule keep_event:
    input:
        raw=first_raw_files,
        record=record_of("files"),
        hits="results/lartpc/hits/{sample}/000.parquet",
        tracks="results/lartpc/tracks/{sample}/000.parquet",
    output:
        planes="results/lartpc/displays/{sample}.safetensors",
        event="results/lartpc/displays/{sample}.json",
    log:
        "results/logs/keep_event/{sample}.log",
    benchmark:
        "results/benchmarks/keep_event/{sample}.tsv"
    priority: 10
    group:
        "samples"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        source=first_raw_source,
        detector=readout,
        code=fingerprint("lartpc/keep_event"),
    message:
        "Keeping one whole raw event for the displays: {wildcards.sample}"
    script:
        "../scripts/lartpc/keep_event.py"


rule read_beamline:
    input:
        files=side_input("beamline"),
        record=record_of("beamline"),
        hits=own_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
    output:
        beamline="results/lartpc/beamline/{sample}.parquet",
    log:
        "results/logs/read_beamline/{sample}.log",
    benchmark:
        "results/benchmarks/read_beamline/{sample}.tsv"
    group:
        "samples"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/read_beamline"),
    message:
        "Reading the beamline table: {wildcards.sample}"
    script:
        "../scripts/lartpc/read_beamline.py"


rule measure_tracks:
    input:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    output:
        calorimetry="results/lartpc/track_calorimetry/{sample}/{shard}.parquet",
    log:
        "results/logs/measure_tracks/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/measure_tracks/{sample}/{shard}.tsv"
    group:
        "shards"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        detector=readout,
        calorimetry=settings("lartpc.calorimetry"),
        max_dedx=CONFIG.lartpc.pid.max_dedx,
        code=fingerprint("lartpc/measure_tracks"),
    message:
        "Measuring dE/dx along the tracks: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/measure_tracks.py"


rule derive_calorimetry:
    input:
        own=own_shards("results/lartpc/track_calorimetry/{sample}/{shard}.parquet"),
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
    output:
        calorimetry="results/lartpc/calorimetry/{sample}.parquet",
    log:
        "results/logs/derive_calorimetry/{sample}.log",
    benchmark:
        "results/benchmarks/derive_calorimetry/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(samples_with_own_calorimetry_only()),
    group:
        "samples"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/derive_calorimetry"),
    message:
        "Taking the calorimetry from the tracks themselves: {wildcards.sample}"
    script:
        "../scripts/lartpc/derive_calorimetry.py"


rule read_calorimetry:
    input:
        files=side_input("calorimetry"),
        record=record_of("calorimetry"),
        hits=own_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
    output:
        calorimetry="results/lartpc/calorimetry/{sample}.parquet",
    log:
        "results/logs/read_calorimetry/{sample}.log",
    benchmark:
        "results/benchmarks/read_calorimetry/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(samples_with_external_calorimetry()),
    group:
        "samples"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        tree=of_sample("calorimetry_tree"),
        max_dedx=CONFIG.lartpc.pid.max_dedx,
        code=fingerprint("lartpc/read_calorimetry"),
    message:
        "Reading the calorimetry table: {wildcards.sample}"
    script:
        "../scripts/lartpc/read_calorimetry.py"


rule expect_dedx:
    input:
        templates=as_given(CONFIG.lartpc.pid.template_files),
        record=record_of_study(CONFIG.lartpc.pid.template_files),
    output:
        expected="results/lartpc/pid/expected_dedx.parquet",
    log:
        "results/logs/expect_dedx.log",
    benchmark:
        "results/benchmarks/expect_dedx.tsv"
    localrule: True
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        species=CONFIG.lartpc.pid.species,
        grid=part_of("lartpc.pid", "step_cm", "max_range_cm", "thickness_cm"),
        code=fingerprint("lartpc/expect_dedx"),
    message:
        "Tabulating the expected dE/dx against residual range"
    script:
        "../scripts/lartpc/expect_dedx.py"


rule score_hypotheses:
    input:
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
        calorimetry="results/lartpc/calorimetry/{sample}.parquet",
        expected="results/lartpc/pid/expected_dedx.parquet",
        templates=as_given(CONFIG.lartpc.pid.larsoft_templates or []),
        record=record_of_study(CONFIG.lartpc.pid.larsoft_templates),
    output:
        pid="results/lartpc/pid/{sample}.parquet",
    log:
        "results/logs/score_hypotheses/{sample}.log",
    benchmark:
        "results/benchmarks/score_hypotheses/{sample}.tsv"
    group:
        "samples"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        pid=PID_SETTINGS,
        code=fingerprint("lartpc/score_hypotheses"),
    message:
        "Scoring the particle hypotheses: {wildcards.sample}"
    script:
        "../scripts/lartpc/score_hypotheses.py"


rule score_planes:
    input:
        own=own_shards("results/lartpc/track_calorimetry/{sample}/{shard}.parquet"),
        expected="results/lartpc/pid/expected_dedx.parquet",
        templates=as_given(CONFIG.lartpc.pid.larsoft_templates or []),
        record=record_of_study(CONFIG.lartpc.pid.larsoft_templates),
    output:
        collection="results/lartpc/own_pid/collection/{sample}.parquet",
        induction="results/lartpc/own_pid/induction/{sample}.parquet",
    log:
        "results/logs/score_planes/{sample}.log",
    benchmark:
        "results/benchmarks/score_planes/{sample}.tsv"
    group:
        "samples"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        pid=PID_SETTINGS,
        code=fingerprint("lartpc/score_planes"),
    message:
        "Scoring the hypotheses by each plane alone: {wildcards.sample}"
    script:
        "../scripts/lartpc/score_planes.py"


rule make_images:
    input:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    output:
        images="results/lartpc/images/{sample}/{shard}.safetensors",
        row_keys="results/lartpc/images/{sample}/{shard}.keys.parquet",
    log:
        "results/logs/make_images/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/make_images/{sample}/{shard}.tsv"
    group:
        "shards"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        images=settings("lartpc.images"),
        code=fingerprint("lartpc/make_images"),
    message:
        "Making the two-plane images: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/make_images.py"


rule compare_resizes:
    input:
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", list(SAMPLES)[:1]
        ),
    output:
        resizing="results/lartpc/resizing.parquet",
    log:
        "results/logs/compare_resizes.log",
    benchmark:
        "results/benchmarks/compare_resizes.tsv"
    group:
        "samples"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        images=without_resize(),
        code=fingerprint("lartpc/compare_resizes"),
    message:
        "Measuring what both resizes keep of a track"
    script:
        "../scripts/lartpc/compare_resizes.py"


rule compute_features:
    input:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    output:
        features="results/lartpc/features/{sample}/{shard}.parquet",
        gaps="results/lartpc/feature_gaps/{sample}/{shard}.parquet",
    log:
        "results/logs/compute_features/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/compute_features/{sample}/{shard}.tsv"
    group:
        "shards"
    conda:
        "../../envs/features.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/compute_features"),
    message:
        "Computing the features: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/lartpc/compute_features.py"


rule summarise_cuts:
    input:
        cut_flows=of_shards("results/lartpc/cut_flow/{sample}/{shard}.parquet"),
        hits=of_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
        tracks=of_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
        pid=expand(
            "results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry()
        ),
    output:
        cut_flow="results/lartpc/tables/cut_flow.tsv",
    log:
        "results/logs/summarise_cuts.log",
    benchmark:
        "results/benchmarks/summarise_cuts.tsv"
    group:
        "summaries"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/summarise_cuts"),
    message:
        "Counting what survives each cut"
    script:
        "../scripts/lartpc/summarise_cuts.py"


rule assess_stages:
    input:
        truth=own_shards("results/lartpc/truth/{sample}/{shard}.parquet"),
        true_pixels=own_shards("results/lartpc/true_pixels/{sample}/{shard}.parquet"),
        clusters=own_shards("results/lartpc/clusters/{sample}/{shard}.parquet"),
        selected=own_shards("results/lartpc/selected/{sample}/{shard}.parquet"),
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
    output:
        stages="results/lartpc/stages/{sample}.parquet",
    log:
        "results/logs/assess_stages/{sample}.log",
    benchmark:
        "results/benchmarks/assess_stages/{sample}.tsv"
    group:
        "samples"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        species=of_sample("species"),
        seed=seed_of("assess_stages"),
        code=fingerprint("lartpc/assess_stages"),
    message:
        "Holding the stages against the truth: {wildcards.sample}"
    script:
        "../scripts/lartpc/assess_stages.py"


rule summarise_stages:
    input:
        stages=expand(
            "results/lartpc/stages/{sample}.parquet", sample=simulated_samples()
        ),
    output:
        stages="results/lartpc/tables/stages.tsv",
    log:
        "results/logs/summarise_stages.log",
    benchmark:
        "results/benchmarks/summarise_stages.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/summarise_stages"),
    message:
        "Writing how good each stage is"
    script:
        "../scripts/lartpc/summarise_stages.py"


rule summarise_feature_gaps:
    input:
        gaps=of_shards("results/lartpc/feature_gaps/{sample}/{shard}.parquet"),
    output:
        gaps="results/lartpc/tables/feature_gaps.tsv",
    log:
        "results/logs/summarise_feature_gaps.log",
    benchmark:
        "results/benchmarks/summarise_feature_gaps.tsv"
    group:
        "summaries"
    conda:
        "../../envs/features.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("lartpc/summarise_feature_gaps"),
    message:
        "Counting the undefined features"
    script:
        "../scripts/lartpc/summarise_feature_gaps.py"


rule correlate_latents:
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        correlations="results/lartpc/tables/correlations_{model}.tsv",
    log:
        "results/logs/correlate_latents/{model}.log",
    benchmark:
        "results/benchmarks/correlate_latents/{model}.tsv"
    group:
        "analyses"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        correlation=settings("analyses.correlation"),
        seed=seed_of("correlate_latents"),
        code=fingerprint("lartpc/correlate_latents"),
    message:
        "Correlating latents and features of model {wildcards.model}"
    script:
        "../scripts/lartpc/correlate_latents.py"
