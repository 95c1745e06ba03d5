"""The command ``python -m latentscape.crate``: verify, with the standard library alone."""

import argparse
import sys

from latentscape.crate import verify_command

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m latentscape.crate")
    verify_command.add_arguments(parser)
    sys.exit(verify_command.main(parser.parse_args()))
