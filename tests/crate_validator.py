"""Hold crates against their profile with an independent validator, without network.

Run as a program, because the validator changes the process it runs in. It prints, as JSON, the
severity, check and message of each issue of each folder that it is given after the severity.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "provenance-run-crate"


def issues(*folders: Path, severity: str = "REQUIRED") -> list[list[tuple[str, str, str]]]:
    """Return what the validator finds in each folder, in a process of its own."""
    command = [sys.executable, __file__, severity, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [[tuple(issue) for issue in found] for found in json.loads(done.stdout)]


def _validate(severity: str, folders: list[str]) -> list[list[list[str]]]:
    os.environ["ROCRATE_VALIDATOR_AUTO_WARM"] = "0"
    import rocrate
    from rocrate_validator import models, services
    from rocrate_validator.utils import document_loader, http

    # The library rocrate ships the terms of RO-Crate 1.1, which the validator would download.
    shipped = Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld"
    terms = json.loads(shipped.read_text("utf-8"))
    assert terms["@id"] == CONTEXT, "this version of rocrate ships another one"

    def load(url: str) -> object:
        assert url == CONTEXT, f"the crate needs {url}"
        return terms

    class Answer:
        status_code, ok, text = 200, True, json.dumps(terms)
        content, headers = text.encode(), {"Content-Type": "application/ld+json"}
        json = staticmethod(lambda: terms)

    def get(_self: object, url: str, **_options: object) -> Answer:
        load(url)
        return Answer()

    document_loader._fetch_json_ld = load
    http.HttpRequester.get = http.HttpRequester.head = get
    found = []
    with tempfile.TemporaryDirectory() as cache:
        for folder in folders:
            settings = services.ValidationSettings(
                rocrate_uri=folder,
                profile_identifier=PROFILE,
                requirement_severity=models.Severity[severity],
                offline=True,
                cache_path=Path(cache) / "http",
            )
            result = services.validate(settings)
            found.append(
                [[i.severity.name, i.check.identifier, i.message] for i in result.get_issues()]
            )
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_validate(sys.argv[1], sys.argv[2:])))
