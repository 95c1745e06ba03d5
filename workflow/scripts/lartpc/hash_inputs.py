"""Hash the files that a sample was given, and hold them against the checksums if there are any."""

from latentscape.checksums import INPUT_FILES, hash_files, require_digests
from latentscape.workflow import logged, several

with logged(snakemake):
    record = hash_files(several(snakemake.input.files))
    for checksums in several(snakemake.input.checksums):
        require_digests(record, checksums, source=snakemake.wildcards.source)
    INPUT_FILES.write_tsv(record, snakemake.output.record)
