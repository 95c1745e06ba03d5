"""Figures of the validation, each drawn from a table, as PNG and PDF."""


rule plot_verdicts:
    input:
        validation="results/lartpc/tables/validation.tsv",
    output:
        png=report(
            "results/figures/validation/verdicts.png",
            caption="../report/verdicts.rst",
            category="1 Validation",
            subcategory="1 All checks",
            labels={"figure": "Every check"},
        ),
        pdf="results/figures/validation/verdicts.pdf",
    log:
        "results/logs/plot_verdicts.log",
    benchmark:
        "results/benchmarks/plot_verdicts.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_verdicts"),
    message:
        "Drawing every check of the validation"
    script:
        "../scripts/figures/plot_verdicts.py"


rule plot_expected_loss:
    input:
        expected="results/lartpc/pid/expected_dedx.parquet",
        csda=reference("csda"),
    output:
        png=report(
            "results/figures/validation/expected_loss.png",
            caption="../report/expected_loss.rst",
            category="1 Validation",
            subcategory="3 Energy loss",
            labels={"figure": "Expected dE/dx"},
        ),
        pdf="results/figures/validation/expected_loss.pdf",
    log:
        "results/logs/plot_expected_loss.log",
    benchmark:
        "results/benchmarks/plot_expected_loss.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_expected_loss"),
    message:
        "Drawing the expected energy loss against public tables"
    script:
        "../scripts/figures/plot_expected_loss.py"


rule plot_template_offsets:
    input:
        offsets="results/lartpc/validation/template_offsets.parquet",
    output:
        png=report(
            "results/figures/validation/template_offsets.png",
            caption="../report/template_offsets.rst",
            category="1 Validation",
            subcategory="3 Energy loss",
            labels={"figure": "LArSoft's templates"},
        ),
        pdf="results/figures/validation/template_offsets.pdf",
    log:
        "results/logs/plot_template_offsets.log",
    benchmark:
        "results/benchmarks/plot_template_offsets.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_template_offsets"),
    message:
        "Drawing the offset from LArSoft's templates"
    script:
        "../scripts/figures/plot_template_offsets.py"


rule plot_recombination:
    input:
        response="results/lartpc/validation/response.parquet",
    output:
        png=report(
            "results/figures/validation/recombination.png",
            caption="../report/recombination.rst",
            category="1 Validation",
            subcategory="4 Detector response",
            labels={"figure": "Recombination"},
        ),
        pdf="results/figures/validation/recombination.pdf",
    log:
        "results/logs/plot_recombination.log",
    benchmark:
        "results/benchmarks/plot_recombination.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_recombination"),
    message:
        "Drawing the recombination"
    script:
        "../scripts/figures/plot_recombination.py"


rule plot_drift_and_noise:
    input:
        response="results/lartpc/validation/response.parquet",
    output:
        png=report(
            "results/figures/validation/drift_and_noise.png",
            caption="../report/drift_and_noise.rst",
            category="1 Validation",
            subcategory="4 Detector response",
            labels={"figure": "Drift, diffusion and noise"},
        ),
        pdf="results/figures/validation/drift_and_noise.pdf",
    log:
        "results/logs/plot_drift_and_noise.log",
    benchmark:
        "results/benchmarks/plot_drift_and_noise.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_drift_and_noise"),
    message:
        "Drawing diffusion and noise"
    script:
        "../scripts/figures/plot_drift_and_noise.py"


rule plot_pulls:
    input:
        pulls="results/lartpc/validation/pulls.parquet",
    output:
        png=report(
            "results/figures/validation/pulls.png",
            caption="../report/pulls.rst",
            category="1 Validation",
            subcategory="4 Detector response",
            labels={"figure": "Pulls of the calorimetry"},
        ),
        pdf="results/figures/validation/pulls.pdf",
    log:
        "results/logs/plot_pulls.log",
    benchmark:
        "results/benchmarks/plot_pulls.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_pulls"),
    message:
        "Drawing the pulls of the simulated calorimetry"
    script:
        "../scripts/figures/plot_pulls.py"


rule plot_pulse_heights:
    input:
        pulse_heights="results/lartpc/validation/pulse_heights.parquet",
    output:
        png=report(
            "results/figures/validation/pulse_heights.png",
            caption="../report/pulse_heights.rst",
            category="1 Validation",
            subcategory="4 Detector response",
            labels={"figure": "Pulse heights"},
        ),
        pdf="results/figures/validation/pulse_heights.pdf",
    log:
        "results/logs/plot_pulse_heights.log",
    benchmark:
        "results/benchmarks/plot_pulse_heights.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_pulse_heights"),
    message:
        "Drawing the pulse heights of protons"
    script:
        "../scripts/figures/plot_pulse_heights.py"


rule plot_own_dedx:
    input:
        own=of_shards(
            "results/lartpc/track_calorimetry/{sample}/{shard}.parquet",
            calibrated_samples(),
        ),
        expected="results/lartpc/pid/expected_dedx.parquet",
    output:
        png=report(
            "results/figures/validation/own_dedx.png",
            caption="../report/own_dedx.rst",
            category="1 Validation",
            subcategory="5 Own calorimetry",
            labels={"figure": "dE/dx from a track's own clusters"},
        ),
        pdf="results/figures/validation/own_dedx.pdf",
    log:
        "results/logs/plot_own_dedx.log",
    benchmark:
        "results/benchmarks/plot_own_dedx.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_own_dedx"),
    message:
        "Drawing dE/dx from the tracks themselves"
    script:
        "../scripts/figures/plot_own_dedx.py"


rule plot_calorimetry_comparison:
    input:
        comparison="results/lartpc/tables/calorimetry_comparison.tsv",
    output:
        png=report(
            "results/figures/validation/calorimetry_comparison.png",
            caption="../report/calorimetry_comparison.rst",
            category="1 Validation",
            subcategory="5 Own calorimetry",
            labels={"figure": "Calorimetry against truth"},
        ),
        pdf="results/figures/validation/calorimetry_comparison.pdf",
    log:
        "results/logs/plot_calorimetry_comparison.log",
    benchmark:
        "results/benchmarks/plot_calorimetry_comparison.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=CHECKED_SPECIES,
        code=fingerprint("figures/plot_calorimetry_comparison"),
    message:
        "Drawing own calorimetry against truth"
    script:
        "../scripts/figures/plot_calorimetry_comparison.py"


rule plot_pid_roc:
    input:
        roc="results/lartpc/validation/identification/roc.parquet",
        performance="results/lartpc/tables/pid_performance.tsv",
    output:
        png=report(
            "results/figures/validation/pid_roc.png",
            caption="../report/pid_roc.rst",
            category="1 Validation",
            subcategory="6 Identification",
            labels={"figure": "ROC of the hypotheses"},
        ),
        pdf="results/figures/validation/pid_roc.pdf",
    log:
        "results/logs/plot_pid_roc.log",
    benchmark:
        "results/benchmarks/plot_pid_roc.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        pair=VALIDATION.identification.pairs[0],
        code=fingerprint("figures/plot_pid_roc"),
    message:
        "Drawing the ROC curves of the hypotheses"
    script:
        "../scripts/figures/plot_pid_roc.py"


rule plot_pid_bins:
    input:
        performance="results/lartpc/tables/pid_performance.tsv",
    output:
        png=report(
            "results/figures/validation/pid_bins.png",
            caption="../report/pid_bins.rst",
            category="1 Validation",
            subcategory="6 Identification",
            labels={"figure": "In bins of momentum and length"},
        ),
        pdf="results/figures/validation/pid_bins.pdf",
    log:
        "results/logs/plot_pid_bins.log",
    benchmark:
        "results/benchmarks/plot_pid_bins.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        pair=VALIDATION.identification.pairs[0],
        source="collection",
        code=fingerprint("figures/plot_pid_bins"),
    message:
        "Drawing identification against momentum and length"
    script:
        "../scripts/figures/plot_pid_bins.py"


rule plot_pid_confusion:
    input:
        confusion="results/lartpc/tables/pid_confusion.tsv",
    output:
        png=report(
            "results/figures/validation/pid_confusion.png",
            caption="../report/pid_confusion.rst",
            category="1 Validation",
            subcategory="6 Identification",
            labels={"figure": "Confusion of the species"},
        ),
        pdf="results/figures/validation/pid_confusion.pdf",
    log:
        "results/logs/plot_pid_confusion.log",
    benchmark:
        "results/benchmarks/plot_pid_confusion.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_pid_confusion"),
    message:
        "Drawing the confusion matrices"
    script:
        "../scripts/figures/plot_pid_confusion.py"


rule plot_pid_failures:
    input:
        failures="results/lartpc/tables/pid_failures.tsv",
    output:
        png=report(
            "results/figures/validation/pid_failures.png",
            caption="../report/pid_failures.rst",
            category="1 Validation",
            subcategory="6 Identification",
            labels={"figure": "Why tracks are mistaken"},
        ),
        pdf="results/figures/validation/pid_failures.pdf",
    log:
        "results/logs/plot_pid_failures.log",
    benchmark:
        "results/benchmarks/plot_pid_failures.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        pair=VALIDATION.identification.pairs[0],
        code=fingerprint("figures/plot_pid_failures"),
    message:
        "Drawing where identification fails"
    script:
        "../scripts/figures/plot_pid_failures.py"


rule plot_pid_worst:
    input:
        scores="results/lartpc/validation/identification/scores.parquet",
        causes="results/lartpc/validation/identification/causes.parquet",
        tracks=of_shards(
            "results/lartpc/tracks/{sample}/{shard}.parquet", calibrated_samples()
        ),
        own=of_shards(
            "results/lartpc/track_calorimetry/{sample}/{shard}.parquet",
            calibrated_samples(),
        ),
        expected="results/lartpc/pid/expected_dedx.parquet",
    output:
        png=report(
            "results/figures/validation/pid_worst.png",
            caption="../report/pid_worst.rst",
            category="1 Validation",
            subcategory="6 Identification",
            labels={"figure": "The worst tracks"},
        ),
        pdf="results/figures/validation/pid_worst.pdf",
    log:
        "results/logs/plot_pid_worst.log",
    benchmark:
        "results/benchmarks/plot_pid_worst.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(5),
    params:
        case={
            "pair": VALIDATION.identification.pairs[0],
            "worst": VALIDATION.identification.worst,
            "source": "collection",
            "statistic": "chi2",
        },
        code=fingerprint("figures/plot_pid_worst"),
    message:
        "Drawing the worst cases of identification"
    script:
        "../scripts/figures/plot_pid_worst.py"


rule plot_stage_methods:
    input:
        variants="results/lartpc/tables/stage_variants.tsv",
    output:
        png=report(
            "results/figures/validation/stage_methods.png",
            caption="../report/stage_methods.rst",
            category="1 Validation",
            subcategory="7 Stages",
            labels={"figure": "Clustering methods"},
        ),
        pdf="results/figures/validation/stage_methods.pdf",
    log:
        "results/logs/plot_stage_methods.log",
    benchmark:
        "results/benchmarks/plot_stage_methods.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=CHECKED_SPECIES,
        code=fingerprint("figures/plot_stage_methods"),
    message:
        "Drawing how good each clustering and matching is"
    script:
        "../scripts/figures/plot_stage_methods.py"


rule plot_stage_thresholds:
    input:
        variants="results/lartpc/tables/stage_variants.tsv",
    output:
        png=report(
            "results/figures/validation/stage_thresholds.png",
            caption="../report/stage_thresholds.rst",
            category="1 Validation",
            subcategory="7 Stages",
            labels={"figure": "Thresholds"},
        ),
        pdf="results/figures/validation/stage_thresholds.pdf",
    log:
        "results/logs/plot_stage_thresholds.log",
    benchmark:
        "results/benchmarks/plot_stage_thresholds.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=CHECKED_SPECIES,
        code=fingerprint("figures/plot_stage_thresholds"),
    message:
        "Drawing what thresholds trade"
    script:
        "../scripts/figures/plot_stage_thresholds.py"


rule plot_stage_dependence:
    input:
        variants="results/lartpc/tables/stage_variants.tsv",
    output:
        png=report(
            "results/figures/validation/stage_dependence.png",
            caption="../report/stage_dependence.rst",
            category="1 Validation",
            subcategory="7 Stages",
            labels={"figure": "Energy, angle and pile-up"},
        ),
        pdf="results/figures/validation/stage_dependence.pdf",
    log:
        "results/logs/plot_stage_dependence.log",
    benchmark:
        "results/benchmarks/plot_stage_dependence.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=CHECKED_SPECIES,
        code=fingerprint("figures/plot_stage_dependence"),
    message:
        "Drawing the stages against energy, angle and pile-up"
    script:
        "../scripts/figures/plot_stage_dependence.py"


rule plot_aliasing:
    input:
        aliasing="results/lartpc/validation/aliasing.parquet",
    output:
        png=report(
            "results/figures/validation/aliasing.png",
            caption="../report/aliasing.rst",
            category="1 Validation",
            subcategory="8 Images",
            labels={"figure": "Aliasing"},
        ),
        pdf="results/figures/validation/aliasing.pdf",
    log:
        "results/logs/plot_aliasing.log",
    benchmark:
        "results/benchmarks/plot_aliasing.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_aliasing"),
    message:
        "Drawing the aliasing of both resizes"
    script:
        "../scripts/figures/plot_aliasing.py"


rule plot_learnt_images:
    input:
        fidelity="results/lartpc/tables/fidelity.tsv",
        differences="results/lartpc/tables/fidelity_differences.tsv",
    output:
        png=report(
            "results/figures/validation/learnt_images.png",
            caption="../report/learnt_images.rst",
            category="1 Validation",
            subcategory="8 Images",
            labels={"figure": "What is learnt from each resize"},
        ),
        pdf="results/figures/validation/learnt_images.pdf",
    log:
        "results/logs/plot_learnt_images.log",
    benchmark:
        "results/benchmarks/plot_learnt_images.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_learnt_images"),
    message:
        "Drawing what models learn from both resizes"
    script:
        "../scripts/figures/plot_learnt_images.py"


rule plot_sbn_chi2:
    input:
        comparison="results/lartpc/tables/sbn_chi2.tsv",
    output:
        png=report(
            "results/figures/validation/sbn_chi2.png",
            caption="../report/sbn_chi2.rst",
            category="1 Validation",
            subcategory="6 Identification",
            labels={"figure": "SBN's stored χ²"},
        ),
        pdf="results/figures/validation/sbn_chi2.pdf",
    log:
        "results/logs/plot_sbn_chi2.log",
    benchmark:
        "results/benchmarks/plot_sbn_chi2.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_sbn_chi2"),
    message:
        "Drawing the recomputed χ² of an SBN file"
    script:
        "../scripts/figures/plot_sbn_chi2.py"


rule plot_closure_ranges:
    input:
        tracks=expand(
            "results/lartpc/validation/closure/{species}_tracks.parquet",
            species=ALL_SPECIES,
        ),
        csda=reference("csda"),
    output:
        png=report(
            "results/figures/validation/closure_ranges.png",
            caption="../report/closure_ranges.rst",
            category="1 Validation",
            subcategory="2 Particles in argon",
            labels={"figure": "Ranges"},
        ),
        pdf="results/figures/validation/closure_ranges.pdf",
    log:
        "results/logs/plot_closure_ranges.log",
    benchmark:
        "results/benchmarks/plot_closure_ranges.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_closure_ranges"),
    message:
        "Drawing simulated ranges and energy loss"
    script:
        "../scripts/figures/plot_closure_ranges.py"


rule plot_closure_layers:
    input:
        layers=expand(
            "results/lartpc/validation/closure/{species}_layers.parquet",
            species=ALL_SPECIES,
        ),
    output:
        png=report(
            "results/figures/validation/closure_layers.png",
            caption="../report/closure_layers.rst",
            category="1 Validation",
            subcategory="2 Particles in argon",
            labels={"figure": "Loss in a layer"},
        ),
        pdf="results/figures/validation/closure_layers.pdf",
    log:
        "results/logs/plot_closure_layers.log",
    benchmark:
        "results/benchmarks/plot_closure_layers.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_closure_layers"),
    message:
        "Drawing the energy loss in thin layers"
    script:
        "../scripts/figures/plot_closure_layers.py"


rule plot_closure_decays:
    input:
        decays=expand(
            "results/lartpc/validation/closure/{species}_decays.parquet",
            species=ALL_SPECIES,
        ),
        numbers=reference("numbers"),
    output:
        png=report(
            "results/figures/validation/closure_decays.png",
            caption="../report/closure_decays.rst",
            category="1 Validation",
            subcategory="2 Particles in argon",
            labels={"figure": "Decays"},
        ),
        pdf="results/figures/validation/closure_decays.pdf",
    log:
        "results/logs/plot_closure_decays.log",
    benchmark:
        "results/benchmarks/plot_closure_decays.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_closure_decays"),
    message:
        "Drawing the decays at rest"
    script:
        "../scripts/figures/plot_closure_decays.py"


rule plot_closure_scattering:
    input:
        layers=expand(
            "results/lartpc/validation/closure/{species}_layers.parquet",
            species=ALL_SPECIES,
        ),
    output:
        png=report(
            "results/figures/validation/closure_scattering.png",
            caption="../report/closure_scattering.rst",
            category="1 Validation",
            subcategory="2 Particles in argon",
            labels={"figure": "Scattering"},
        ),
        pdf="results/figures/validation/closure_scattering.pdf",
    log:
        "results/logs/plot_closure_scattering.log",
    benchmark:
        "results/benchmarks/plot_closure_scattering.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_closure_scattering"),
    message:
        "Drawing multiple scattering"
    script:
        "../scripts/figures/plot_closure_scattering.py"
