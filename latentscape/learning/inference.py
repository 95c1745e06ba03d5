"""What a trained network makes of images."""

import math

import numpy as np
import torch
from torch import Tensor

from latentscape.errors import InputError
from latentscape.learning.devices import reproducible
from latentscape.learning.losses import kl_divergence, squared_error, weighted_squared_error
from latentscape.learning.networks import ConvVAE, Output
from latentscape.progress import progress

ERRORS = ("reconstruction_error", "weighted_error", "kl")


@torch.no_grad()
def infer(
    network: ConvVAE,
    images: np.ndarray,
    *,
    beta: float,
    signal_threshold: float,
    signal_weight: float,
    batch: int,
    threads: int,
    device: torch.device,
) -> dict[str, np.ndarray]:
    """Return posterior, reconstruction and errors of images.

    The posterior mean is decoded, not a sample. Every batch has the same size, the last is
    filled up with empty images, so that the result of an image does not depend on its company.

    Parameters
    ----------
    network : ConvVAE
        Trained network; it is moved to the device and left in evaluation mode.
    images : array (N, C, size, size)
        Transformed images.
    beta, signal_threshold, signal_weight : float
        Of the loss that the network was trained with.
    batch : int
        Images at a time.
    threads : int
        Threads of the CPU.
    device : torch.device
        Where it runs.

    Returns
    -------
    dict of str to array
        ``mean``, ``log_variance`` (N, latent) and ``reconstruction`` (as ``images``), float32;
        ``reconstruction_error``, ``weighted_error``, ``kl`` [nat] and
        ``elbo`` = -(weighted error + β · KL), (N,) and float64.

    Raises
    ------
    InputError
        If the images are not those that the network takes.
    """
    architecture = network.architecture
    expected = (architecture["in_channels"], architecture["size"], architecture["size"])
    if images.shape[1:] != expected:
        raise InputError(
            f"the network takes images of the shape {expected}, found {images.shape[1:]}."
        )
    network.to(device).eval()
    batches = max(1, math.ceil(len(images) / batch))
    result: dict[str, np.ndarray] = {}
    with reproducible(threads=threads):
        for number in progress(range(batches), batches, unit="batches"):
            rows = images[number * batch : (number + 1) * batch]
            filled = np.zeros((batch, *expected), np.float32)
            filled[: len(rows)] = rows
            inputs = torch.from_numpy(filled).to(device)
            output = network(inputs)
            errors = _errors(inputs, output, signal_threshold, signal_weight)
            for name, tensor in {**output._asdict(), **errors}.items():
                part = tensor.cpu().numpy()
                if name not in result:
                    result[name] = np.empty((len(images), *part.shape[1:]), part.dtype)
                result[name][number * batch : number * batch + len(rows)] = part[: len(rows)]
    for name in ERRORS:
        result[name] = result[name].astype(np.float64)
    result["elbo"] = -(result["weighted_error"] + beta * result["kl"])
    return result


def _errors(
    images: Tensor, output: Output, signal_threshold: float, signal_weight: float
) -> dict[str, Tensor]:
    weighted = weighted_squared_error(
        images,
        output.reconstruction,
        signal_threshold=signal_threshold,
        signal_weight=signal_weight,
    )
    values = (
        squared_error(images, output.reconstruction),
        weighted,
        kl_divergence(output.mean, output.log_variance),
    )
    return dict(zip(ERRORS, values, strict=True))
