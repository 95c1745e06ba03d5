"""Media types of the files of a crate, as IANA registers them."""

from pathlib import PurePosixPath
from typing import Any

BYTES = "application/octet-stream"
_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".rst": "text/x-rst",
    ".safetensors": BYTES,
    ".smk": "text/x-python",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}
# Formats without a media type of their own are named by their home.
_HOMES = {
    ".safetensors": ("https://github.com/huggingface/safetensors", "safetensors"),
    ".root": ("https://root.cern", "ROOT"),
}


def encoding(path: str) -> str | list[Any]:
    """Return the media type of a file, with the home of its format where that says more."""
    suffix = PurePosixPath(path).suffix
    kind = "text/x-python" if path.endswith("Snakefile") else _TYPES.get(suffix, BYTES)
    home = _HOMES.get(suffix)
    return [kind, {"@id": home[0]}] if home else kind


def formats(paths: list[str]) -> list[dict[str, Any]]:
    """Return the descriptions of the formats that :func:`encoding` names by their home."""
    used = {PurePosixPath(path).suffix for path in paths} & set(_HOMES)
    return [
        {"@id": _HOMES[suffix][0], "@type": "WebSite", "name": _HOMES[suffix][1]}
        for suffix in sorted(used)
    ]
