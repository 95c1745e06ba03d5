"""The workflow held against truth, public tables and published methods."""


rule simulate_closure:
    output:
        tracks="results/lartpc/validation/closure/{species}_tracks.parquet",
        layers="results/lartpc/validation/closure/{species}_layers.parquet",
        decays="results/lartpc/validation/closure/{species}_decays.parquet",
    log:
        "results/logs/simulate_closure/{species}.log",
    benchmark:
        "results/benchmarks/simulate_closure/{species}.tsv"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        closure=closure_settings(),
        seed=seed_of("simulate_closure"),
        code=fingerprint("validation/simulate_closure"),
    message:
        "Sending single particles into argon: {wildcards.species}"
    script:
        "../scripts/validation/simulate_closure.py"


rule check_closure:
    input:
        tracks=expand(
            "results/lartpc/validation/closure/{species}_tracks.parquet",
            species=ALL_SPECIES,
        ),
        layers=expand(
            "results/lartpc/validation/closure/{species}_layers.parquet",
            species=ALL_SPECIES,
        ),
        decays=expand(
            "results/lartpc/validation/closure/{species}_decays.parquet",
            species=ALL_SPECIES,
        ),
        csda=reference("csda"),
        numbers=reference("numbers"),
    output:
        checks="results/lartpc/validation/checks/closure.parquet",
    log:
        "results/logs/check_closure.log",
    benchmark:
        "results/benchmarks/check_closure.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        seed=seed_of("check_closure"),
        code=fingerprint("validation/check_closure"),
    message:
        "Holding ranges, energy loss, decays and scattering against public tables"
    script:
        "../scripts/validation/check_closure.py"


rule check_curves:
    input:
        csda=reference("csda"),
    output:
        checks="results/lartpc/validation/checks/curves.parquet",
    log:
        "results/logs/check_curves.log",
    benchmark:
        "results/benchmarks/check_curves.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/check_curves"),
    message:
        "Holding the expected energy loss against public tables"
    script:
        "../scripts/validation/check_curves.py"


rule compare_templates:
    input:
        quoted=reference("larsoft_templates"),
        templates=as_given(VALIDATION.larsoft_templates or []),
        record=record_of_study(VALIDATION.larsoft_templates),
    output:
        offsets="results/lartpc/validation/template_offsets.parquet",
        causes="results/lartpc/tables/template_causes.tsv",
        checks="results/lartpc/validation/checks/templates.parquet",
    log:
        "results/logs/compare_templates.log",
    benchmark:
        "results/benchmarks/compare_templates.tsv"
    group:
        "validation"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        thickness_cm=CONFIG.lartpc.pid.thickness_cm,
        code=fingerprint("validation/compare_templates"),
    message:
        "Comparing the expected energy loss with LArSoft's templates"
    script:
        "../scripts/validation/compare_templates.py"


rule check_chi2:
    input:
        hits=reference("larsoft_chi2"),
        template=reference("larsoft_chi2_template"),
    output:
        checks="results/lartpc/validation/checks/chi2.parquet",
    log:
        "results/logs/check_chi2.log",
    benchmark:
        "results/benchmarks/check_chi2.tsv"
    group:
        "validation"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/check_chi2"),
    message:
        "Recomputing a χ² that was worked out by hand"
    script:
        "../scripts/validation/check_chi2.py"


rule compare_sbn:
    input:
        calorimetry=as_given(VALIDATION.sbn_calorimetry or []),
        templates=as_given(VALIDATION.larsoft_templates or []),
        record=record_of_study(VALIDATION.sbn_calorimetry),
    output:
        comparison="results/lartpc/tables/sbn_chi2.tsv",
        checks="results/lartpc/validation/checks/sbn.parquet",
    log:
        "results/logs/compare_sbn.log",
    benchmark:
        "results/benchmarks/compare_sbn.tsv"
    group:
        "validation"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/compare_sbn"),
    message:
        "Recomputing the χ² that an SBN file stores"
    script:
        "../scripts/validation/compare_sbn.py"


rule measure_response:
    input:
        numbers=reference("numbers"),
    output:
        response="results/lartpc/validation/response.parquet",
        checks="results/lartpc/validation/checks/response.parquet",
    log:
        "results/logs/measure_response.log",
    benchmark:
        "results/benchmarks/measure_response.tsv"
    group:
        "validation"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        detector=study_readout(),
        simulation=settings("lartpc.simulation", without="keep_raw"),
        empty_events=VALIDATION.closure.empty_events,
        seed=seed_of("measure_response"),
        code=fingerprint("validation/measure_response"),
    message:
        "Measuring recombination, drift and noise of the simulated detector"
    script:
        "../scripts/validation/measure_response.py"


rule measure_pulls:
    output:
        pulls="results/lartpc/validation/pulls.parquet",
        checks="results/lartpc/validation/checks/pulls.parquet",
    log:
        "results/logs/measure_pulls.log",
    benchmark:
        "results/benchmarks/measure_pulls.tsv"
    group:
        "validation"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        detector=study_readout(),
        simulation=settings("lartpc.simulation", without="keep_raw"),
        momenta=VALIDATION.closure.pull_momenta,
        events=VALIDATION.closure.pull_events,
        seed=seed_of("measure_pulls"),
        code=fingerprint("validation/measure_pulls"),
    message:
        "Holding the simulated calorimetry against its truth"
    script:
        "../scripts/validation/measure_pulls.py"


rule measure_gain:
    input:
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", gain_samples()
        ),
    output:
        pulse_heights="results/lartpc/validation/pulse_heights.parquet",
        checks="results/lartpc/validation/checks/gain.parquet",
    log:
        "results/logs/measure_gain.log",
    benchmark:
        "results/benchmarks/measure_gain.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        working_point=working_point(),
        bootstrap=VALIDATION.closure.bootstrap,
        seed=seed_of("measure_gain"),
        code=fingerprint("validation/measure_gain"),
    message:
        "Measuring the most probable pulse height of protons"
    script:
        "../scripts/validation/measure_gain.py"


rule compare_calorimetry:
    input:
        own=of_shards(
            "results/lartpc/track_calorimetry/{sample}/{shard}.parquet",
            calibrated_samples(),
        ),
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", calibrated_samples()
        ),
        truth=of_shards(
            "results/lartpc/truth/{sample}/{shard}.parquet", calibrated_samples()
        ),
        external=expand(
            "results/lartpc/calorimetry/{sample}.parquet", sample=calibrated_samples()
        ),
    output:
        comparison="results/lartpc/tables/calorimetry_comparison.tsv",
        checks="results/lartpc/validation/checks/calorimetry.parquet",
    log:
        "results/logs/compare_calorimetry.log",
    benchmark:
        "results/benchmarks/compare_calorimetry.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        detector=study_readout(),
        simulation=settings("lartpc.simulation", without="keep_raw"),
        bootstrap=VALIDATION.closure.bootstrap,
        seed=seed_of("compare_calorimetry"),
        code=fingerprint("validation/compare_calorimetry"),
    message:
        "Comparing own calorimetry with truth and with the external table"
    script:
        "../scripts/validation/compare_calorimetry.py"


rule attribute_signal:
    input:
        true_pixels="results/lartpc/true_pixels/{sample}/{shard}.parquet",
        clusters="results/lartpc/clusters/{sample}/{shard}.parquet",
    output:
        cluster_truth="results/lartpc/cluster_truth/{sample}/{shard}.parquet",
    log:
        "results/logs/attribute_signal/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/attribute_signal/{sample}/{shard}.tsv"
    group:
        "shards"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/attribute_signal"),
    message:
        "Attributing the clusters' signal to particles: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/validation/attribute_signal.py"


rule assess_identification:
    input:
        external=expand(
            "results/lartpc/pid/{sample}.parquet", sample=calibrated_samples()
        ),
        collection=expand(
            "results/lartpc/own_pid/collection/{sample}.parquet",
            sample=calibrated_samples(),
        ),
        induction=expand(
            "results/lartpc/own_pid/induction/{sample}.parquet",
            sample=calibrated_samples(),
        ),
        truth=of_shards(
            "results/lartpc/truth/{sample}/{shard}.parquet", calibrated_samples()
        ),
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", calibrated_samples()
        ),
        cluster_truth=of_shards(
            "results/lartpc/cluster_truth/{sample}/{shard}.parquet",
            calibrated_samples(),
        ),
    output:
        scores="results/lartpc/validation/identification/scores.parquet",
        causes="results/lartpc/validation/identification/causes.parquet",
        roc="results/lartpc/validation/identification/roc.parquet",
        performance="results/lartpc/tables/pid_performance.tsv",
        confusion="results/lartpc/tables/pid_confusion.tsv",
        failures="results/lartpc/tables/pid_failures.tsv",
        checks="results/lartpc/validation/checks/identification.parquet",
    log:
        "results/logs/assess_identification.log",
    benchmark:
        "results/benchmarks/assess_identification.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        pairs=VALIDATION.identification.pairs,
        causes=part_of(
            "lartpc.validation.identification",
            "foreign_share",
            "daughters_share",
            "few_points",
        ),
        performance=part_of(
            "lartpc.validation.identification",
            "momentum_edges",
            "length_edges",
            "bootstrap",
            "permutations",
        ),
        roc=part_of("lartpc.validation.identification", "roc_points", "bootstrap"),
        seed=seed_of("assess_identification"),
        code=fingerprint("validation/assess_identification"),
    message:
        "Measuring how well each statistic tells the species apart"
    script:
        "../scripts/validation/assess_identification.py"


rule simulate_scan:
    output:
        raw=temp("results/lartpc/validation/scan/{sample}.root"),
        beamline=temp("results/lartpc/validation/scan/{sample}_beamline.csv"),
        calorimetry=temp("results/lartpc/validation/scan/{sample}_calorimetry.csv"),
        truth="results/lartpc/validation/scan/{sample}_truth.parquet",
        true_pixels="results/lartpc/validation/scan/{sample}_true_pixels.parquet",
    log:
        "results/logs/simulate_scan/{sample}.log",
    benchmark:
        "results/benchmarks/simulate_scan/{sample}.tsv"
    group:
        "validation"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        species=of_sample("species"),
        simulate=simulated_beam,
        simulation=settings("lartpc.simulation", without="keep_raw"),
        detector=readout,
        events={"shard": 0, "first_event": 0, "events": VALIDATION.stages.events},
        seed=seed_of("simulate_scan"),
        code=fingerprint("lartpc/simulate_beam"),
    message:
        "Simulating events for the scan of the stages: {wildcards.sample}"
    script:
        "../scripts/lartpc/simulate_beam.py"


rule extract_low_hits:
    input:
        raw="results/lartpc/validation/scan/{sample}.root",
    output:
        hits="results/lartpc/validation/scan/{sample}_hits.parquet",
    log:
        "results/logs/extract_low_hits/{sample}.log",
    benchmark:
        "results/benchmarks/extract_low_hits/{sample}.tsv"
    group:
        "validation"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        source=scan_source,
        subtract_pedestal=of_sample("subtract_pedestal"),
        detector=low_readout,
        code=fingerprint("lartpc/extract_hits"),
    message:
        "Extracting pixels at the lowest threshold of the scan: {wildcards.sample}"
    script:
        "../scripts/lartpc/extract_hits.py"


rule scan_stages:
    input:
        hits="results/lartpc/validation/scan/{sample}_hits.parquet",
        true_pixels="results/lartpc/validation/scan/{sample}_true_pixels.parquet",
        truth="results/lartpc/validation/scan/{sample}_truth.parquet",
    output:
        variants="results/lartpc/validation/stages/{sample}.parquet",
        checks="results/lartpc/validation/checks/stages_{sample}.parquet",
    log:
        "results/logs/scan_stages/{sample}.log",
    benchmark:
        "results/benchmarks/scan_stages/{sample}.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        species=of_sample("species"),
        detector=detector,
        simulation=settings("lartpc.simulation", without="keep_raw"),
        stages=scan_settings,
        seed=seed_of("scan_stages"),
        code=fingerprint("validation/scan_stages"),
    message:
        "Scanning clustering, matching and thresholds: {wildcards.sample}"
    script:
        "../scripts/validation/scan_stages.py"


rule summarise_variants:
    input:
        variants=expand(
            "results/lartpc/validation/stages/{sample}.parquet",
            sample=scanned_samples(),
        ),
    output:
        variants="results/lartpc/tables/stage_variants.tsv",
    log:
        "results/logs/summarise_variants.log",
    benchmark:
        "results/benchmarks/summarise_variants.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/summarise_variants"),
    message:
        "Writing how good each variant of the stages is"
    script:
        "../scripts/validation/summarise_variants.py"


rule compare_images:
    input:
        tracks=f"results/lartpc/tracks/{next(iter(SAMPLES))}/000.parquet",
        resizing="results/lartpc/resizing.parquet",
    output:
        aliasing="results/lartpc/validation/aliasing.parquet",
        losses="results/lartpc/tables/resize_losses.tsv",
        checks="results/lartpc/validation/checks/images.parquet",
    log:
        "results/logs/compare_images.log",
    benchmark:
        "results/benchmarks/compare_images.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        images=without_resize(),
        shifted_tracks=VALIDATION.fidelity.shifted_tracks,
        bootstrap=VALIDATION.fidelity.bootstrap,
        seed=seed_of("compare_images"),
        code=fingerprint("validation/compare_images"),
    message:
        "Measuring aliasing and what else both resizes do"
    script:
        "../scripts/validation/compare_images.py"


rule resize_images:
    input:
        tracks="results/lartpc/tracks/{sample}/{shard}.parquet",
    output:
        area="results/lartpc/fidelity/area/images/{sample}/{shard}.safetensors",
        area_keys="results/lartpc/fidelity/area/images/{sample}/{shard}.keys.parquet",
        bilinear="results/lartpc/fidelity/bilinear/images/{sample}/{shard}.safetensors",
        bilinear_keys="results/lartpc/fidelity/bilinear/images/{sample}/{shard}.keys.parquet",
    log:
        "results/logs/resize_images/{sample}/{shard}.log",
    benchmark:
        "results/benchmarks/resize_images/{sample}/{shard}.tsv"
    group:
        "shards"
    conda:
        "../../envs/imaging.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        images=without_resize(),
        code=fingerprint("validation/resize_images"),
    message:
        "Making images by either resize: {wildcards.sample}, shard {wildcards.shard}"
    script:
        "../scripts/validation/resize_images.py"


rule assess_learning:
    input:
        latents=trainings_of_resize("latents/fidelity/{training}.parquet"),
        reconstructions=trainings_of_resize(
            "reconstructions/fidelity/{training}.safetensors"
        ),
        reconstruction_keys=trainings_of_resize(
            "reconstructions/fidelity/{training}.keys.parquet"
        ),
        descriptions=trainings_of_resize("models/fidelity/{training}/model.json"),
        probes="results/lartpc/fidelity/{resize}/tables/probes_fidelity.tsv",
        images=of_shards(
            "results/lartpc/fidelity/{{resize}}/images/{sample}/{shard}.safetensors"
        ),
        row_keys=of_shards(
            "results/lartpc/fidelity/{{resize}}/images/{sample}/{shard}.keys.parquet"
        ),
    output:
        fidelity="results/lartpc/validation/fidelity_{resize}.parquet",
    log:
        "results/logs/assess_learning/{resize}.log",
    benchmark:
        "results/benchmarks/assess_learning/{resize}.tsv"
    group:
        "validation"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        fidelity=fidelity_settings(),
        code=fingerprint("validation/assess_learning"),
    message:
        "Assessing what was learnt from images made by {wildcards.resize}"
    script:
        "../scripts/validation/assess_learning.py"


rule compare_learning:
    input:
        fidelity=expand(
            "results/lartpc/validation/fidelity_{resize}.parquet", resize=RESIZES
        ),
    output:
        fidelity="results/lartpc/tables/fidelity.tsv",
        differences="results/lartpc/tables/fidelity_differences.tsv",
    log:
        "results/logs/compare_learning.log",
    benchmark:
        "results/benchmarks/compare_learning.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/compare_learning"),
    message:
        "Comparing what models learn from the images of both resizes"
    script:
        "../scripts/validation/compare_learning.py"


rule summarise_validation:
    input:
        checks=checks_of_validation(),
    output:
        validation="results/lartpc/tables/validation.tsv",
        page=report(
            "results/lartpc/validation/validation.html",
            caption="../report/validation.rst",
            category="1 Validation",
            subcategory="1 All checks",
        ),
    log:
        "results/logs/summarise_validation.log",
    benchmark:
        "results/benchmarks/summarise_validation.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=fingerprint("validation/summarise_validation"),
    message:
        "Putting all checks into one table"
    script:
        "../scripts/validation/summarise_validation.py"
