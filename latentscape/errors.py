"""The one error a user is meant to read, and the place where all others become it."""

import contextlib
from collections.abc import Iterator
from os import PathLike

LONGEST_REASON = 160


class InputError(ValueError):
    """Something that the user gave (file, tree, branch, config key) cannot be used.

    The message is one line: what is wrong, where, what was found, what is allowed.
    """


@contextlib.contextmanager
def reading(
    path: str | PathLike[str], problem: str, *, sample: str = "", advice: str = ""
) -> Iterator[None]:
    """Turn whatever reading a file raises into one line that names the file.

    Every reader of the project stands inside of this. An interrupt passes through.

    Parameters
    ----------
    path : path
        The file.
    problem : str
        What the error says of it: ``"not a readable Parquet file"``.
    sample : str
        Name of the sample, which the message then begins with.
    advice : str
        A sentence that says what to do.

    Raises
    ------
    InputError
        In place of any other exception. One from inside keeps its text, behind the name of the
        file if it does not say it.
    """
    where = f"{sample}: {path}" if sample else f"{path}"
    try:
        yield
    except InputError as error:
        if str(path) in str(error):
            raise
        raise InputError(f"{where}: {error}") from error
    except MemoryError as error:
        raise InputError(
            f"{where}: too little memory to read it ({_reason(error)}). Allow more; if the file is "
            "small, it is damaged: copy or make it again."
        ) from error
    # Damaged bytes make libraries raise anything, up to AttributeError.
    except Exception as error:
        text = f"{where}: {problem} ({_reason(error)})."
        raise InputError(f"{text} {advice}" if advice else text) from error


def _reason(error: Exception) -> str:
    words = " ".join(str(error).split())
    # The text of these says little without its type, which also tells a mistake in the code apart.
    if not words or isinstance(error, AssertionError | AttributeError | LookupError | TypeError):
        words = f"{type(error).__name__}: {words}" if words else type(error).__name__
    shown = words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]}…"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in shown)
