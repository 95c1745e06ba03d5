"""The one error a user is meant to read."""


class InputError(ValueError):
    """Something that the user gave (file, tree, branch, config key) cannot be used.

    The message is one line: what is wrong, where, what was found, what is allowed.
    """
