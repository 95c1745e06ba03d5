"""The command ``python -m latentscape``."""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from latentscape import __version__, checksums, reference
from latentscape.config import Config, validate
from latentscape.crate import verify_command
from latentscape.errors import InputError, reading
from latentscape.evaluation import tables as evaluation_tables
from latentscape.files import write_json, write_text
from latentscape.lartpc import labelling_server
from latentscape.lartpc import tables as lartpc_tables
from latentscape.lartpc.display_command import add_display_command, draw_display
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.validation import tables as validation_tables
from latentscape.learning import tables as learning_tables
from latentscape.learning.costs import RATE, count_images, describe_sweeps, measured_rate
from latentscape.tables import Table
from latentscape.yaml_files import read_yaml

ROOT = Path(__file__).parents[1]
PARTS = {
    "LArTPC": lartpc_tables,
    "LArTPC validation": validation_tables,
    "Learning": learning_tables,
    "Evaluation": evaluation_tables,
    "Inputs": checksums,
}


def declared_tables() -> dict[str, list[Table]]:
    """Return every table that the package declares, by the part it belongs to."""
    return {part: _tables_in(module) for part, module in PARTS.items()}


def _tables_in(module: ModuleType) -> list[Table]:
    """Return the tables of a module, or of all modules of a package, each once."""
    inside = [
        importlib.import_module(f"{module.__name__}.{found.name}")
        for found in pkgutil.iter_modules(getattr(module, "__path__", []))
    ]
    values = (value for part in (module, *inside) for value in vars(part).values())
    tables = {value.name: value for value in values if isinstance(value, Table)}
    return list(tables.values())


def pages() -> dict[Path, str]:
    """Return the generated pages by their path in the project."""
    folder = Path("docs") / "reference"
    return {
        folder / "config.md": reference.config_page(),
        folder / "detector.md": reference.detector_page(),
        folder / "tables.md": reference.tables_page(declared_tables()),
    }


def count_sweeps(config: Config, results: Path) -> str:
    """Return what the sweeps of a configuration train, and about how long that takes.

    Parameters
    ----------
    config : Config
        The configuration.
    results : path
        Folder of results. Images and the speed of trainings are taken from there, where there are
        any.

    Raises
    ------
    InputError
        If nothing says how many images a sample has.
    """
    plans = config.sweep_plans()
    if not plans:
        return "The configuration has no sweeps."
    study = results / "lartpc"
    events = {
        name: sample.simulate.events for name, sample in config.samples.items() if sample.simulate
    }
    images = {**events, **count_images(study / "images", list(config.samples))}
    pools: dict[str, dict[str, int]] = {}
    for name, plan in plans.items():
        pools[name] = {}
        for sample in plan.models[0].model.trained_on:
            if sample not in images:
                raise InputError(f"{sample}: no image below {results} yet; make them first.")
            species = config.samples[sample].species
            pools[name][species] = pools[name].get(species, 0) + images[sample]
    shape = {"size": config.lartpc.images.size, "image_channels": len(PLANES)}
    measured = measured_rate(study, results / "benchmarks" / "train_model" / "lartpc", **shape)
    table = describe_sweeps(list(plans.values()), pools, rate=measured or RATE, **shape)
    source = f"measured below {results}" if measured else "assumed"
    return (
        f"{table}\n\nImages are those below {results}, or else one per simulated event; epochs are "
        f"the most that a training takes.\nOne core does {measured or RATE:.2g} multiply-adds of a "
        f"network per second, {source}."
    )


def read_config(path: Path) -> Config:
    """Return the configuration in a YAML file.

    Raises
    ------
    InputError
        If there is no such file, it is no YAML, or it has a mistake.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. Set --config.")
    with reading(path, "not a configuration"):
        return validate(read_yaml(path))


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m latentscape",
        description="Explain the configuration, draw any event, choose tracks by hand.",
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
    counted = commands.add_parser("sweeps", help="count what the sweeps train, before they run")
    counted.add_argument("--config", type=Path, default="config.yaml", help="configuration file")
    counted.add_argument(
        "--results", type=Path, default="results", help="folder whose images are counted"
    )
    add_display_command(commands.add_parser("display", help="draw any event of the results"))
    labelling_server.add_arguments(
        commands.add_parser("label", help="choose the track of each event by hand, in a local page")
    )
    verify_command.add_arguments(
        commands.add_parser("verify", help="compare the results with what the run recorded")
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "verify":
            return verify_command.main(options)
        if options.command == "label":
            labelling_server.run(options)
        elif options.command == "display":
            sys.stdout.write(f"{draw_display(options, ROOT / 'resources')}\n")
        elif options.command == "config":
            sys.stdout.write(reference.explain(options.explain) + "\n")
        elif options.command == "sweeps":
            sys.stdout.write(count_sweeps(read_config(options.config), options.results) + "\n")
        elif not (ROOT / "Snakefile").is_file():
            raise InputError(f"{ROOT}: no clone of the project, whose files this command rewrites.")
        else:
            write_json(reference.schema(), ROOT / "workflow" / "schemas" / "config.schema.json")
            others = pages() if options.command == "reference" else {}
            for path, text in others.items():
                write_text(text, ROOT / path)
    except InputError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
