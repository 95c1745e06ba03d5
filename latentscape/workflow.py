"""What every script of the workflow does around its one function call."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latentscape.errors import InputError

logger = logging.getLogger("latentscape")


@contextlib.contextmanager
def logged(snakemake: Any) -> Iterator[None]:
    """Send messages to the rule's log and to the terminal, and end on a user's mistake.

    Parameters
    ----------
    snakemake : object
        The object that Snakemake gives to a script; its rule, wildcards and log are used.

    Raises
    ------
    SystemExit
        With status 1 after an :class:`InputError`, whose message is logged without traceback.
    """
    place = ", ".join(str(value) for value in snakemake.wildcards)
    name = f"{snakemake.rule} {place}".strip()
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    for path in snakemake.log:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(path, mode="w", encoding="utf-8"))
    for handler in handlers:
        handler.setFormatter(logging.Formatter(f"%(asctime)s {name}: %(message)s", "%H:%M:%S"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
        logger.info("done")
    except InputError as error:
        logger.error("error: %s", error)
        raise SystemExit(1) from error
    except BaseException:
        logger.exception("failed")
        raise
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def several(files: Any) -> list[str]:
    """Return the files of a named input as a list, also where there is just one."""
    return [files] if isinstance(files, str) else list(files)
