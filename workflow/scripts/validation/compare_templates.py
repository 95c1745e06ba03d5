"""Compare the expected mean energy loss with LArSoft's templates, and find why they differ."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.templates import read_larsoft_templates
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.tables import (
    REFERENCE_TEMPLATES,
    TEMPLATE_CAUSES,
    TEMPLATE_OFFSETS,
    VALIDATION,
)
from latentscape.lartpc.validation.template_offsets import (
    check_templates,
    compare_causes,
    template_offsets,
    template_points,
)
from latentscape.workflow import logged, several

with logged(snakemake):
    paths, output = snakemake.input, snakemake.output
    files = several(paths.templates)
    require_unchanged(files, several(paths.record))
    whole = [template_points(read_larsoft_templates(path)) for path in files]
    points = whole[0] if whole else REFERENCE_TEMPLATES.read_tsv(paths.quoted)
    offsets = template_offsets(points, thickness_cm=snakemake.params.thickness_cm)
    TEMPLATE_OFFSETS.write(offsets, output.offsets)
    TEMPLATE_CAUSES.write_tsv(compare_causes(offsets), output.causes)
    VALIDATION.write(as_table(check_templates(offsets)), output.checks)
