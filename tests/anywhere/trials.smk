"""Rules that ask for too little of something, or wait to be disturbed, beside those of the workflow."""


include: "../../Snakefile"


rule hungry:
    output:
        "hungry.txt",
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    shell:
        "python3 -c 'import time; held = b\"x\" * 1_200_000_000; time.sleep(8)' && date > {output}"


# SLURM looks at the time each half minute: who takes a minute and a half is surely found. Like a
# training, the job remembers how far it came.
rule slow:
    output:
        "slow.txt",
    resources:
        mem_mb=growing(1000),
        runtime=growing(1),
    shell:
        "touch {output}.done; while [ $(wc -l < {output}.done) -lt 90 ];"
        " do sleep 1; date >> {output}.done; done; date > {output}"


rule accelerated:
    output:
        "accelerated.txt",
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=1,
    shell:
        "scontrol show job $SLURM_JOB_ID > {output}"


rule disturbed:
    output:
        "disturbed.txt",
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    shell:
        "echo begun >> {output}.attempts; until [ -e go ]; do sleep 0.2; done; date > {output}"
