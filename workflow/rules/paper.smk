"""The numbers and sentences of a paper."""


rule summarise_headline:
    input:
        cut_flow="results/lartpc/tables/cut_flow.tsv",
        anomaly=expand("results/lartpc/tables/anomaly_{model}.tsv", model=MODELS),
        capacity=expand("results/lartpc/tables/capacity_{model}.tsv", model=MODELS),
        mixtures=expand("results/lartpc/tables/mixtures_{model}.tsv", model=MODELS),
        probes=expand("results/lartpc/tables/probes_{model}.tsv", model=MODELS),
        two_sample=expand("results/lartpc/tables/two_sample_{model}.tsv", model=MODELS),
    output:
        headline="results/lartpc/tables/headline.tsv",
    log:
        "results/logs/summarise_headline.log",
    benchmark:
        "results/benchmarks/summarise_headline.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        models=list(MODELS),
        published=published_numbers(),
        code=fingerprint("lartpc/summarise_headline"),
    message:
        "Collecting the numbers that a paper would quote"
    script:
        "../scripts/lartpc/summarise_headline.py"


rule write_paper:
    input:
        cut_flow="results/lartpc/tables/cut_flow.tsv",
        headline="results/lartpc/tables/headline.tsv",
    output:
        methods="results/lartpc/paper/methods.md",
        methods_tex="results/lartpc/paper/methods.tex",
        results="results/lartpc/paper/results.md",
        results_tex="results/lartpc/paper/results.tex",
        results_rst="results/lartpc/paper/results.rst",
        page=report(
            "results/lartpc/paper/results.html",
            caption="../report/results.rst",
            category="0 Results",
            labels={"figure": "Main results and methods"},
        ),
    log:
        "results/logs/write_paper.log",
    benchmark:
        "results/benchmarks/write_paper.tsv"
    group:
        "summaries"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        config=CONFIG.model_dump(mode="json"),
        detector=DETECTORS[CONFIG.detector].model_dump(mode="json"),
        code=fingerprint("lartpc/write_paper"),
    message:
        "Writing the Methods paragraph and the table of main results"
    script:
        "../scripts/lartpc/write_paper.py"
