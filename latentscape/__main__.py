"""The command ``python -m latentscape``."""

import argparse
import sys
from pathlib import Path

from latentscape import __version__, reference
from latentscape.errors import InputError
from latentscape.evaluation import tables as evaluation_tables
from latentscape.files import write_json, write_text
from latentscape.lartpc import tables as lartpc_tables
from latentscape.lartpc.validation import tables as validation_tables
from latentscape.learning import tables as learning_tables
from latentscape.tables import Table

ROOT = Path(__file__).parents[1]
PARTS = {
    "LArTPC": lartpc_tables,
    "LArTPC validation": validation_tables,
    "Learning": learning_tables,
    "Evaluation": evaluation_tables,
}


def declared_tables() -> dict[str, list[Table]]:
    """Return every table that the package declares, by the part it belongs to."""
    return {
        part: [value for value in vars(module).values() if isinstance(value, Table)]
        for part, module in PARTS.items()
    }


def pages() -> dict[Path, str]:
    """Return the generated pages by their path in the project."""
    folder = Path("docs") / "reference"
    return {
        folder / "config.md": reference.config_page(),
        folder / "detector.md": reference.detector_page(),
        folder / "tables.md": reference.tables_page(declared_tables()),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m latentscape", description="Explain the configuration of the workflow."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    config = commands.add_parser("config", help="explain a key of the configuration")
    config.add_argument(
        "--explain",
        metavar="KEY",
        default="",
        help="dotted key, as samples.proton.tree; without it, the top level is listed",
    )
    commands.add_parser("schema", help="rewrite workflow/schemas/config.schema.json")
    commands.add_parser("reference", help="rewrite the schema and docs/reference")
    options = parser.parse_args(arguments)
    try:
        if options.command == "config":
            sys.stdout.write(reference.explain(options.explain) + "\n")
            return 0
        write_json(reference.schema(), ROOT / "workflow" / "schemas" / "config.schema.json")
        if options.command == "reference":
            for path, text in pages().items():
                write_text(text, ROOT / path)
    except InputError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
