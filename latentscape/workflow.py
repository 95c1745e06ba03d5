"""What every script of the workflow does around its one function call."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latentscape.errors import InputError
from latentscape.files import writing

logger = logging.getLogger("latentscape")


class LogFile(logging.FileHandler):
    """A log that ends where the disk is full; the terminal still says what happened."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Pass over what the disk refuses, and report anything else."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        """Close the file, also where its last lines cannot be written."""
        with contextlib.suppress(OSError):
            super().close()


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
        A log that cannot be opened is such an error too.
    """
    place = ", ".join(str(value) for value in snakemake.wildcards)
    name = f"{snakemake.rule} {place}".strip()
    formatter = logging.Formatter(f"%(asctime)s {name}: %(message)s", "%H:%M:%S")
    handlers: list[logging.Handler] = []

    def add(handler: logging.Handler) -> None:
        handler.setFormatter(formatter)
        handlers.append(handler)
        logger.addHandler(handler)

    logger.setLevel(logging.INFO)
    try:
        add(logging.StreamHandler(sys.stderr))
        for path in snakemake.log:
            with writing(path):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                add(LogFile(path, mode="w", encoding="utf-8"))
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
