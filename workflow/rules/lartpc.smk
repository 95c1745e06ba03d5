"""From raw ADC to tracks, images, features and particle hypotheses."""


def raw_files(wildcards, shard=None):
    if is_simulated(wildcards.sample):
        return f"results/lartpc/raw/{wildcards.sample}/{shard or wildcards.shard}.root"
    return FILES[wildcards.sample]


def raw_source(wildcards, shard=None):
    """Return how the raw files of a sample are read, and which part of them."""
    sample = SAMPLES[wildcards.sample]
    if sample.simulate is not None:
        whole_tree = {"tree": sample.simulate.tree, "shard": 0, "shards": 1}
        return {"histograms": None, "frames": None, **whole_tree}
    content = sample.model_dump(mode="json", include={"tree", "histograms", "frames"})
    number = int(shard or wildcards.shard)
    return {**content, "shard": number, "shards": shard_count(wildcards.sample)}


first_raw_files = partial(raw_files, shard="000")
first_raw_source = partial(raw_source, shard="000")


def simulated_events(wildcards):
    """Return the first event and the number of events of one shard."""
    total, size = SAMPLES[wildcards.sample].simulate.events, shard_count(wildcards.sample)
    number = int(wildcards.shard)
    first = number * total // size
    return {"first_event": first, "events": (number + 1) * total // size - first}


def side_input(kind):
    """Return a function that names the side-input files of a sample."""

    def files(wildcards):
        sample = SAMPLES[wildcards.sample]
        if sample.simulate is not None:
            return of_shards(f"results/lartpc/{kind}/{{sample}}/{{shard}}.csv", [wildcards.sample])
        return [getattr(sample, kind)]

    return files


rule simulate_beam:
    message:
        "Simulating the test beam: {wildcards.sample}, shard {wildcards.shard}"
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
    params:
        sample=sample_settings,
        simulation=settings("lartpc.simulation"),
        detector=detector,
        events=simulated_events,
        seed=seed_of("simulate_beam"),
        code=fingerprint("lartpc/simulate_beam"),
    log:
        "results/logs/simulate_beam/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/simulate_beam/{sample}/{shard}.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    conda:
        "../../envs/simulation.yaml"
    script:
        "../scripts/lartpc/simulate_beam.py"


rule extract_hits:
    message:
        "Extracting the pixels above threshold: {wildcards.sample}, shard {wildcards.shard}"
    input:
        raw=raw_files,
    output:
        hits="results/lartpc/hits/{sample}/{shard}.parquet",
    params:
        source=raw_source,
        subtract_pedestal=of_sample("subtract_pedestal"),
        detector=detector,
        code=fingerprint("lartpc/extract_hits"),
    log:
        "results/logs/extract_hits/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/extract_hits/{sample}/{shard}.tsv"
    # Raw files are large and temporary: use them up before more are simulated.
    priority: 10
    resources:
        mem_mb=2000,
        runtime=30,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/extract_hits.py"


rule find_clusters:
    message:
        "Clustering the pixels of each plane: {wildcards.sample}, shard {wildcards.shard}"
    input:
        hits="results/lartpc/hits/{sample}/{shard}.parquet",
    output:
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
    params:
        clustering=settings("lartpc.clustering"),
        code=fingerprint("lartpc/find_clusters"),
    log:
        "results/logs/find_clusters/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/find_clusters/{sample}/{shard}.tsv"
    priority: 10
    resources:
        mem_mb=2000,
        runtime=30,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/find_clusters.py"


rule cut_clusters:
    message:
        "Keeping the clusters that may be beam tracks: {wildcards.sample}, shard {wildcards.shard}"
    input:
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
    output:
        selected="results/lartpc/selected/{sample}/{shard}.parquet",
        cut_flow="results/lartpc/cut_flow/{sample}/{shard}.parquet",
    params:
        cuts=cuts,
        detector=detector,
        code=fingerprint("lartpc/cut_clusters"),
    log:
        "results/logs/cut_clusters/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/cut_clusters/{sample}/{shard}.tsv"
    priority: 10
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/cut_clusters.py"


rule match_planes:
    message:
        "Matching the clusters of both planes: {wildcards.sample}, shard {wildcards.shard}"
    input:
        clusters="results/lartpc/selected/{sample}/{shard}.parquet",
    output:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    params:
        matching=settings("lartpc.matching"),
        code=fingerprint("lartpc/match_planes"),
    log:
        "results/logs/match_planes/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/match_planes/{sample}/{shard}.tsv"
    priority: 10
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/match_planes.py"


rule keep_event:
    message:
        "Keeping one whole raw event for the displays: {wildcards.sample}"
    input:
        raw=first_raw_files,
        hits="results/lartpc/hits/{sample}/000.parquet",
        tracks="results/lartpc/tracks/{sample}/000.parquet",
    output:
        planes="results/lartpc/displays/{sample}.safetensors",
        event="results/lartpc/displays/{sample}.json",
    params:
        source=first_raw_source,
        detector=detector,
        code=fingerprint("lartpc/keep_event"),
    log:
        "results/logs/keep_event/{sample}.log",
    benchmark:
        "results/benchmarks/keep_event/{sample}.tsv"
    priority: 10
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/keep_event.py"


rule read_beamline:
    message:
        "Reading the beamline table: {wildcards.sample}"
    input:
        files=side_input("beamline"),
        hits=own_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
    output:
        beamline="results/lartpc/beamline/{sample}.parquet",
    params:
        code=fingerprint("lartpc/read_beamline"),
    log:
        "results/logs/read_beamline/{sample}.log",
    benchmark:
        "results/benchmarks/read_beamline/{sample}.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/read_beamline.py"


rule read_calorimetry:
    message:
        "Reading the calorimetry table: {wildcards.sample}"
    input:
        files=side_input("calorimetry"),
        hits=own_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
    output:
        calorimetry="results/lartpc/calorimetry/{sample}.parquet",
    params:
        tree=of_sample("calorimetry_tree"),
        max_dedx=CONFIG.lartpc.pid.max_dedx,
        code=fingerprint("lartpc/read_calorimetry"),
    log:
        "results/logs/read_calorimetry/{sample}.log",
    benchmark:
        "results/benchmarks/read_calorimetry/{sample}.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/read_calorimetry.py"


rule expect_dedx:
    message:
        "Tabulating the expected dE/dx against residual range"
    input:
        templates=[
            CONFIG.lartpc.pid.template.format(species=species)
            for species in CONFIG.lartpc.pid.species
            if CONFIG.lartpc.pid.template
        ],
    output:
        expected="results/lartpc/pid/expected_dedx.parquet",
    params:
        species=CONFIG.lartpc.pid.species,
        grid=part_of("lartpc.pid", "step_cm", "max_range_cm"),
        code=fingerprint("lartpc/expect_dedx"),
    log:
        "results/logs/expect_dedx.log",
    benchmark:
        "results/benchmarks/expect_dedx.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/expect_dedx.py"


rule score_hypotheses:
    message:
        "Scoring the particle hypotheses: {wildcards.sample}"
    input:
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
        calorimetry="results/lartpc/calorimetry/{sample}.parquet",
        expected="results/lartpc/pid/expected_dedx.parquet",
        templates=CONFIG.lartpc.pid.larsoft_templates or [],
    output:
        pid="results/lartpc/pid/{sample}.parquet",
    params:
        pid=part_of("lartpc.pid", "species", "hypotheses", "max_dedx", "likelihood_resolution"),
        code=fingerprint("lartpc/score_hypotheses"),
    log:
        "results/logs/score_hypotheses/{sample}.log",
    benchmark:
        "results/benchmarks/score_hypotheses/{sample}.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/score_hypotheses.py"


rule make_images:
    message:
        "Making the two-plane images: {wildcards.sample}, shard {wildcards.shard}"
    input:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    output:
        images="results/lartpc/images/{sample}/{shard}.safetensors",
        row_keys="results/lartpc/images/{sample}/{shard}.keys.parquet",
    params:
        images=settings("lartpc.images"),
        code=fingerprint("lartpc/make_images"),
    log:
        "results/logs/make_images/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/make_images/{sample}/{shard}.tsv"
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/imaging.yaml"
    script:
        "../scripts/lartpc/make_images.py"


rule compute_features:
    message:
        "Computing the features: {wildcards.sample}, shard {wildcards.shard}"
    input:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    output:
        features="results/lartpc/features/{sample}/{shard}.parquet",
        gaps="results/lartpc/feature_gaps/{sample}/{shard}.parquet",
    params:
        code=fingerprint("lartpc/compute_features"),
    log:
        "results/logs/compute_features/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/compute_features/{sample}/{shard}.tsv"
    resources:
        mem_mb=2000,
        runtime=20,
    conda:
        "../../envs/features.yaml"
    script:
        "../scripts/lartpc/compute_features.py"


rule summarise_cuts:
    message:
        "Counting what survives each cut"
    input:
        cut_flows=of_shards("results/lartpc/cut_flow/{sample}/{shard}.parquet"),
        hits=of_shards("results/lartpc/hits/{sample}/{shard}.parquet"),
        tracks=of_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
        pid=expand("results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry()),
    output:
        cut_flow="results/lartpc/tables/cut_flow.tsv",
    params:
        code=fingerprint("lartpc/summarise_cuts"),
    log:
        "results/logs/summarise_cuts.log",
    benchmark:
        "results/benchmarks/summarise_cuts.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/root.yaml"
    script:
        "../scripts/lartpc/summarise_cuts.py"


rule assess_stages:
    message:
        "Holding the stages against the truth: {wildcards.sample}"
    input:
        truth=own_shards("results/lartpc/truth/{sample}/{shard}.parquet"),
        true_pixels=own_shards("results/lartpc/true_pixels/{sample}/{shard}.parquet"),
        clusters=own_shards("results/lartpc/clusters/{sample}/{shard}.parquet"),
        selected=own_shards("results/lartpc/selected/{sample}/{shard}.parquet"),
        tracks=own_shards("results/lartpc/tracks/{sample}/{shard}.parquet"),
    output:
        stages="results/lartpc/stages/{sample}.parquet",
    params:
        species=of_sample("species"),
        seed=seed_of("assess_stages"),
        code=fingerprint("lartpc/assess_stages"),
    log:
        "results/logs/assess_stages/{sample}.log",
    benchmark:
        "results/benchmarks/assess_stages/{sample}.tsv"
    resources:
        mem_mb=4000,
        runtime=20,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/lartpc/assess_stages.py"


rule summarise_stages:
    message:
        "Writing how good each stage is"
    input:
        stages=expand("results/lartpc/stages/{sample}.parquet", sample=simulated_samples()),
    output:
        stages="results/lartpc/tables/stages.tsv",
    params:
        code=fingerprint("lartpc/summarise_stages"),
    log:
        "results/logs/summarise_stages.log",
    benchmark:
        "results/benchmarks/summarise_stages.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/lartpc/summarise_stages.py"


rule summarise_feature_gaps:
    message:
        "Counting the undefined features"
    input:
        gaps=of_shards("results/lartpc/feature_gaps/{sample}/{shard}.parquet"),
    output:
        gaps="results/lartpc/tables/feature_gaps.tsv",
    params:
        code=fingerprint("lartpc/summarise_feature_gaps"),
    log:
        "results/logs/summarise_feature_gaps.log",
    benchmark:
        "results/benchmarks/summarise_feature_gaps.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/features.yaml"
    script:
        "../scripts/lartpc/summarise_feature_gaps.py"


rule correlate_latents:
    message:
        "Correlating latents and features of model {wildcards.model}"
    input:
        latents=trainings("results/lartpc/latents/{model}/{training}.parquet"),
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        correlations="results/lartpc/tables/correlations_{model}.tsv",
    params:
        correlation=settings("analyses.correlation"),
        seed=seed_of("correlate_latents"),
        code=fingerprint("lartpc/correlate_latents"),
    log:
        "results/logs/correlate_latents/{model}.log",
    benchmark:
        "results/benchmarks/correlate_latents/{model}.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/lartpc/correlate_latents.py"



def lartpc_tables():
    """Return the tables that the configuration asks for."""
    tables = ["results/lartpc/tables/cut_flow.tsv", "results/lartpc/tables/feature_gaps.tsv"]
    if simulated_samples():
        tables.append("results/lartpc/tables/stages.tsv")
    tables += expand("results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry())
    tables += expand("results/lartpc/beamline/{sample}.parquet", sample=samples_with_beamline())
    tables += expand(
        "results/lartpc/tables/{analysis}_{model}.tsv", analysis=TSV_ANALYSES, model=MODELS
    )
    return tables
