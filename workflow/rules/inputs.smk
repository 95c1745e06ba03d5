"""What the workflow was given: hashed once, before anything reads it."""


rule hash_inputs:
    input:
        files=recorded_files,
        # A line that is added for another file hashes nothing anew: see params.
        checksums=ancient(as_given(CONFIG.checksums or [])),
    output:
        record="results/lartpc/inputs/{source}.tsv",
    log:
        "results/logs/hash_inputs/{source}.log",
    benchmark:
        "results/benchmarks/hash_inputs/{source}.tsv"
    wildcard_constraints:
        source=one_of(RECORDED),
    # Everything that reads real files waits for it.
    priority: 20
    group:
        "inputs"
    conda:
        "../../envs/root.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=minutes_to_hash,
    params:
        listed=listed_digests,
        code=fingerprint("lartpc/hash_inputs"),
    message:
        "Hashing the files that were given: {wildcards.source}"
    script:
        "../scripts/lartpc/hash_inputs.py"
