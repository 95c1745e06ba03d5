"""The one place that knows which processor PyTorch works on, and how it stays reproducible."""

import contextlib
import os
from collections.abc import Iterator

import torch


def best_device() -> torch.device:
    """Return the fastest device there is: CUDA, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


@contextlib.contextmanager
def reproducible(*, threads: int) -> Iterator[None]:
    """Fix all that a result of PyTorch depends on besides its inputs and seeds.

    Sums run in another order when another number of threads shares them, so their number is
    fixed and does not follow the cores. The caller's threads, random generators and choice of
    algorithms come back afterwards.

    Parameters
    ----------
    threads : int
        Threads of the CPU.
    """
    # cuBLAS reads it when it starts: without a fixed workspace its sums are not reproducible.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    threads_before = torch.get_num_threads()
    with (
        torch.random.fork_rng(devices=range(torch.cuda.device_count())),
        torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True),
    ):
        try:
            torch.set_num_threads(threads)
            yield
        finally:
            torch.set_num_threads(threads_before)
