"""Every figure is drawn from tables (or images) by one rule, as PNG and PDF."""


rule plot_beam:
    input:
        beamline=expand(
            "results/lartpc/beamline/{sample}.parquet", sample=samples_with_beamline()
        ),
    output:
        png=report(
            "results/figures/lartpc/beam.png",
            caption="../report/beam.rst",
            category="2 Data",
            labels={"figure": "Beam line"},
        ),
        pdf="results/figures/lartpc/beam.pdf",
    log:
        "results/logs/plot_beam.log",
    benchmark:
        "results/benchmarks/plot_beam.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_beam"),
    message:
        "Drawing the beam's momentum and mass"
    script:
        "../scripts/figures/plot_beam.py"


rule plot_event:
    input:
        planes="results/lartpc/displays/{sample}.safetensors",
        event="results/lartpc/displays/{sample}.json",
    output:
        png=report(
            "results/figures/lartpc/event_{sample}.png",
            caption="../report/event.rst",
            category="2 Data",
            labels={"figure": "Typical raw event", "sample": "{sample}"},
        ),
        pdf="results/figures/lartpc/event_{sample}.pdf",
    log:
        "results/logs/plot_event/{sample}.log",
    benchmark:
        "results/benchmarks/plot_event/{sample}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        detector=detector,
        code=fingerprint("figures/plot_event"),
    message:
        "Drawing a raw event: {wildcards.sample}"
    script:
        "../scripts/figures/plot_event.py"


rule plot_clusters:
    input:
        hits="results/lartpc/hits/{sample}/000.parquet",
        clusters="results/lartpc/clusters/{sample}/000.parquet",
        tracks="results/lartpc/tracks/{sample}/000.parquet",
        event="results/lartpc/displays/{sample}.json",
    output:
        png=report(
            "results/figures/lartpc/clusters_{sample}.png",
            caption="../report/clusters.rst",
            category="2 Data",
            labels={"figure": "Clusters of an event", "sample": "{sample}"},
        ),
        pdf="results/figures/lartpc/clusters_{sample}.pdf",
    log:
        "results/logs/plot_clusters/{sample}.log",
    benchmark:
        "results/benchmarks/plot_clusters/{sample}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(5),
    params:
        detector=detector,
        code=fingerprint("figures/plot_clusters"),
    message:
        "Drawing the clusters of an event: {wildcards.sample}"
    script:
        "../scripts/figures/plot_clusters.py"


rule plot_cut_flow:
    input:
        cut_flow="results/lartpc/tables/cut_flow.tsv",
    output:
        png=report(
            "results/figures/lartpc/cut_flow.png",
            caption="../report/cut_flow.rst",
            category="3 Selection",
            labels={"figure": "Cut flow"},
        ),
        pdf="results/figures/lartpc/cut_flow.pdf",
    log:
        "results/logs/plot_cut_flow.log",
    benchmark:
        "results/benchmarks/plot_cut_flow.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_cut_flow"),
    message:
        "Drawing the cut flow"
    script:
        "../scripts/figures/plot_cut_flow.py"


rule plot_entry_windows:
    input:
        clusters=own_shards("results/lartpc/clusters/{sample}/{shard}.parquet"),
    output:
        png=report(
            "results/figures/lartpc/entry_windows_{sample}.png",
            caption="../report/entry_windows.rst",
            category="3 Selection",
            labels={"figure": "Entry windows", "sample": "{sample}"},
        ),
        pdf="results/figures/lartpc/entry_windows_{sample}.pdf",
    log:
        "results/logs/plot_entry_windows/{sample}.log",
    benchmark:
        "results/benchmarks/plot_entry_windows/{sample}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        detector=detector,
        code=fingerprint("figures/plot_entry_windows"),
    message:
        "Drawing where clusters enter: {wildcards.sample}"
    script:
        "../scripts/figures/plot_entry_windows.py"


rule plot_dedx:
    input:
        calorimetry=expand(
            "results/lartpc/calorimetry/{sample}.parquet",
            sample=samples_with_calorimetry(),
        ),
        expected="results/lartpc/pid/expected_dedx.parquet",
    output:
        png=report(
            "results/figures/lartpc/dedx.png",
            caption="../report/dedx.rst",
            category="4 Identification",
            labels={"figure": "dE/dx against residual range"},
        ),
        pdf="results/figures/lartpc/dedx.pdf",
    log:
        "results/logs/plot_dedx.log",
    benchmark:
        "results/benchmarks/plot_dedx.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_dedx"),
    message:
        "Drawing dE/dx against residual range"
    script:
        "../scripts/figures/plot_dedx.py"


rule plot_chi2:
    input:
        pid=expand(
            "results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry()
        ),
    output:
        png=report(
            "results/figures/lartpc/chi2.png",
            caption="../report/chi2.rst",
            category="4 Identification",
            labels={"figure": "χ² of two hypotheses"},
        ),
        pdf="results/figures/lartpc/chi2.pdf",
    log:
        "results/logs/plot_chi2.log",
    benchmark:
        "results/benchmarks/plot_chi2.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        hypotheses=CONFIG.lartpc.pid.hypotheses[:2],
        code=fingerprint("figures/plot_chi2"),
    message:
        "Drawing the χ² of two hypotheses"
    script:
        "../scripts/figures/plot_chi2.py"


rule plot_gallery:
    input:
        images=of_shards("results/lartpc/images/{sample}/{shard}.safetensors"),
        row_keys=of_shards("results/lartpc/images/{sample}/{shard}.keys.parquet"),
    output:
        png=report(
            "results/figures/lartpc/gallery.png",
            caption="../report/gallery.rst",
            category="5 Images",
            labels={"figure": "Images of every sample"},
        ),
        pdf="results/figures/lartpc/gallery.pdf",
    log:
        "results/logs/plot_gallery.log",
    benchmark:
        "results/benchmarks/plot_gallery.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_gallery"),
    message:
        "Drawing a gallery of images"
    script:
        "../scripts/figures/plot_gallery.py"


rule plot_resizing:
    input:
        resizing="results/lartpc/resizing.parquet",
    output:
        png=report(
            "results/figures/lartpc/resizing.png",
            caption="../report/resizing.rst",
            category="5 Images",
            labels={"figure": "Charge kept by the resize"},
        ),
        pdf="results/figures/lartpc/resizing.pdf",
    log:
        "results/logs/plot_resizing.log",
    benchmark:
        "results/benchmarks/plot_resizing.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_resizing"),
    message:
        "Drawing what both resizes keep of a track"
    script:
        "../scripts/figures/plot_resizing.py"


rule plot_features:
    input:
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        png=report(
            "results/figures/lartpc/features.png",
            caption="../report/features.rst",
            category="6 Features",
            labels={"figure": "The 25 features"},
        ),
        pdf="results/figures/lartpc/features.pdf",
    log:
        "results/logs/plot_features.log",
    benchmark:
        "results/benchmarks/plot_features.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_features"),
    message:
        "Drawing the features"
    script:
        "../scripts/figures/plot_features.py"


rule plot_losses:
    input:
        histories=trainings("results/lartpc/models/{model}/{training}/history.parquet"),
    output:
        png=report(
            "results/figures/lartpc/losses_{model}.png",
            caption="../report/losses.rst",
            category="7 Model",
            labels={"figure": "Losses while training", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/losses_{model}.pdf",
    log:
        "results/logs/plot_losses/{model}.log",
    benchmark:
        "results/benchmarks/plot_losses/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_losses"),
    message:
        "Drawing the losses of model {wildcards.model}"
    script:
        "../scripts/figures/plot_losses.py"


rule plot_reconstructions:
    input:
        images=of_shards("results/lartpc/images/{sample}/{shard}.safetensors"),
        row_keys=of_shards("results/lartpc/images/{sample}/{shard}.keys.parquet"),
        reconstructions="results/lartpc/reconstructions/{model}/0.safetensors",
        reconstruction_keys="results/lartpc/reconstructions/{model}/0.keys.parquet",
        latents="results/lartpc/latents/{model}/0.parquet",
    output:
        png=report(
            "results/figures/lartpc/reconstructions_{model}.png",
            caption="../report/reconstructions.rst",
            category="7 Model",
            labels={"figure": "Reconstructions", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/reconstructions_{model}.pdf",
    log:
        "results/logs/plot_reconstructions/{model}.log",
    benchmark:
        "results/benchmarks/plot_reconstructions/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_reconstructions"),
    message:
        "Drawing reconstructions of model {wildcards.model}"
    script:
        "../scripts/figures/plot_reconstructions.py"


rule plot_map:
    input:
        map="results/lartpc/maps/{model}.parquet",
        features=of_shards("results/lartpc/features/{sample}/{shard}.parquet"),
    output:
        png=report(
            "results/figures/lartpc/map_{model}.png",
            caption="../report/map.rst",
            category="8 Latent space",
            subcategory="4 Maps",
            labels={"figure": "UMAP by sample", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/map_{model}.pdf",
    log:
        "results/logs/plot_map/{model}.log",
    benchmark:
        "results/benchmarks/plot_map/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_map"),
    message:
        "Drawing the map of model {wildcards.model}"
    script:
        "../scripts/figures/plot_map.py"


rule plot_correlations:
    input:
        correlations="results/lartpc/tables/correlations_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/correlations_{model}.png",
            caption="../report/correlations.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "Latents and features", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/correlations_{model}.pdf",
    log:
        "results/logs/plot_correlations/{model}.log",
    benchmark:
        "results/benchmarks/plot_correlations/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=fingerprint("figures/plot_correlations"),
    message:
        "Drawing the correlations of model {wildcards.model}"
    script:
        "../scripts/figures/plot_correlations.py"


rule plot_traversal:
    input:
        traversal="results/lartpc/traversals/{model}.safetensors",
    output:
        png=report(
            "results/figures/lartpc/traversal_{model}.png",
            caption="../report/traversal.rst",
            category="8 Latent space",
            subcategory="1 Content",
            labels={"figure": "Traversal from the mean", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/traversal_{model}.pdf",
    log:
        "results/logs/plot_traversal/{model}.log",
    benchmark:
        "results/benchmarks/plot_traversal/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        sigmas=CONFIG.analyses.traversal.sigmas,
        code=fingerprint("figures/plot_traversal"),
    message:
        "Drawing the traversal of model {wildcards.model}"
    script:
        "../scripts/figures/plot_traversal.py"


rule plot_probes:
    input:
        probes="results/lartpc/tables/probes_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/probes_{model}.png",
            caption="../report/probes.rst",
            category="8 Latent space",
            subcategory="2 Species",
            labels={
                "figure": "Reading the sample from the latents",
                "model": "{model}",
            },
        ),
        pdf="results/figures/lartpc/probes_{model}.pdf",
    log:
        "results/logs/plot_probes/{model}.log",
    benchmark:
        "results/benchmarks/plot_probes/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_probes"),
    message:
        "Drawing the probes of model {wildcards.model}"
    script:
        "../scripts/figures/plot_probes.py"


rule plot_anomaly:
    input:
        roc="results/lartpc/anomaly/{model}/roc.parquet",
        anomaly="results/lartpc/tables/anomaly_{model}.tsv",
    output:
        png=report(
            "results/figures/lartpc/anomaly_{model}.png",
            caption="../report/anomaly.rst",
            category="9 Beyond the model",
            subcategory="1 Anomalies",
            labels={"figure": "ROC of the anomaly scores", "model": "{model}"},
        ),
        pdf="results/figures/lartpc/anomaly_{model}.pdf",
    log:
        "results/logs/plot_anomaly/{model}.log",
    benchmark:
        "results/benchmarks/plot_anomaly/{model}.tsv"
    group:
        "figures"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=fingerprint("figures/plot_anomaly"),
    message:
        "Drawing the anomaly scores of model {wildcards.model}"
    script:
        "../scripts/figures/plot_anomaly.py"
