"""The documentation is built without a warning, and its site needs no network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site."""
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-q",
        "-b",
        "html",
        "-d",
        str(folder / "trees"),
    ]
    result = subprocess.run(
        [*command, str(ROOT / "docs"), str(folder / "html")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return folder / "html"


def test_every_page_is_built(site: Path) -> None:
    sources = {
        path.relative_to(ROOT / "docs").with_suffix("")
        for path in (ROOT / "docs").rglob("*.md")
        if "_build" not in path.parts
    }
    built = {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}
    assert sources <= built


def test_no_page_loads_anything_from_the_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]+src="([^"]+)"', text)
        loaded += re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"', text)
        assert not [address for address in loaded if address.startswith(("http:", "https:", "//"))]


def test_files_that_the_pages_name_exist() -> None:
    pattern = re.compile(r"`((?:latentscape|workflow|examples|resources|tests)/[\w./-]+\.\w+)`")
    example = (ROOT / "docs" / "how-to" / "new-analysis.md").read_text("utf-8")
    made = set(re.findall(r"^`([\w/]+\.\w+)`$", example, re.MULTILINE))
    for page in (ROOT / "docs").rglob("*.md"):
        for name in pattern.findall(page.read_text("utf-8")):
            assert name in made or (ROOT / name).is_file(), f"{page.name}: {name}"
