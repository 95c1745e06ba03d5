"""Which share of a selected sample is another species: fits of templates to one variable."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.intervals import TAILS, student_interval, wilson
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.attribution import MAJORITY
from latentscape.lartpc.tables.beamline import (
    CONTAMINATION,
    CONTAMINATION_BINS,
    CONTAMINATION_CLOSURE,
)
from latentscape.lartpc.template_fit import (
    LEVEL_RISE,
    Counts,
    fit_templates,
    fit_toys,
    share_interval,
    signed_root,
)
from latentscape.progress import progress
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]

VARIABLES = ("chi2_difference", "mass")
"""What is fitted: LArSoft's χ² of two hypotheses, and the spectrometer mass."""

logger = logging.getLogger("latentscape")


def track_variables(
    pid: pd.DataFrame, beamline: pd.DataFrame, *, hypotheses: tuple[str, str]
) -> pd.DataFrame:
    """Return the variables of every track.

    Parameters
    ----------
    pid : DataFrame
        The table PID of one or several samples.
    beamline : DataFrame
        The table BEAMLINE of the same samples.
    hypotheses : (str, str)
        Their LArSoft χ² per point are subtracted, the second from the first.

    Returns
    -------
    DataFrame
        The track key, ``chi2_difference`` and ``mass``, sorted; missing where unknown.
    """
    first, second = (pid[f"chi2_larsoft_{name}"] for name in hypotheses)
    tracks = pid[list(TRACK_KEY)].assign(chi2_difference=first - second)
    mass = beamline[[*EVENT_KEY, "mass"]]
    what = "tracks with beam line"
    rows = join(tracks, mass, EVENT_KEY, what=what, how="left", relation="many_to_one")
    return sort_by_key(rows, TRACK_KEY)


def estimate_contamination(
    variables: pd.DataFrame,
    *,
    sample: str,
    templates: Mapping[str, str],
    bins: int,
    toys: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate the share of each species in a sample, by each variable on its own.

    Parameters
    ----------
    variables : DataFrame
        Of :func:`track_variables`, with the rows of the sample and of the templates.
    sample : str
        The sample.
    templates : mapping of str to str
        Sample of each species that shows what its tracks look like.
    bins : int
        Bins, which hold equal parts of the templates together.
    toys : int
        Toy samples.
    seed : int
        Random seed.

    Returns
    -------
    shares, bins : DataFrame
        The tables CONTAMINATION, without true shares, and CONTAMINATION_BINS.

    Raises
    ------
    InputError
        If the sample or a template has no track with one of the variables.
    """
    found, drawn = [], []
    with threadpool_limits(limits=1):
        for name in VARIABLES:
            values = {s: _values(variables, s, name) for s in (sample, *templates.values())}
            shapes = [values[template] for template in templates.values()]
            edges = _edges(shapes, bins)
            counts = Counts.of(
                _histogram(values[sample], edges), [_histogram(v, edges) for v in shapes]
            )
            own = seed_for(seed, sample, name)
            shares = _estimate(counts, toys=toys, seed=own)
            key = {"sample": sample, "variable": name}
            found.append(
                shares.assign(**key, species=list(templates), template=list(templates.values()))
            )
            drawn.append(_bins(counts, edges, list(templates)).assign(**key))
    table = pd.concat(found).assign(true_share=np.nan, true_other=np.nan)
    return CONTAMINATION.check(table), CONTAMINATION_BINS.check(pd.concat(drawn))


def _estimate(counts: Counts, *, toys: int, seed: int) -> pd.DataFrame:
    best = fit_templates(counts)
    intervals = [share_interval(counts, best, k) for k in range(len(counts.templates))]
    shares, q = fit_toys(counts, best, toys=toys, seed=seed)
    toy_low, toy_high = np.quantile(shares, TAILS, axis=0)
    return pd.DataFrame(
        {
            "share": best.shares,
            "low": [low for low, _ in intervals],
            "high": [high for _, high in intervals],
            "toy_low": toy_low,
            "toy_high": toy_high,
            "p_value": (1 + (q >= best.q).sum()) / (1 + toys),
            "n": int(counts.tracks.sum()),
            "n_template": counts.templates.sum(axis=1).astype(int),
        }
    )


def _bins(counts: Counts, edges: Floats, species: Sequence[str]) -> pd.DataFrame:
    """Return the fitted tracks of each species in each bin."""
    best = fit_templates(counts)
    sizes = counts.templates.sum(axis=1, keepdims=True)
    fitted = best.yields[:, None] * counts.templates / sizes
    number = np.arange(len(counts.tracks))
    tables = [
        pd.DataFrame(
            {
                "bin": number,
                "species": name,
                "bin_low": np.concatenate([[np.nan], edges]),
                "bin_high": np.concatenate([edges, [np.nan]]),
                "tracks": counts.tracks.astype(int),
                "fitted": own,
            }
        )
        for name, own in zip(species, fitted, strict=True)
    ]
    return pd.concat(tables)


def add_true_shares(
    shares: pd.DataFrame, true_species: pd.DataFrame, variables: pd.DataFrame
) -> pd.DataFrame:
    """Put the true shares of a simulated sample beside the estimates.

    They are those of the tracks that were fitted: of each variable, the tracks that have it.

    Parameters
    ----------
    shares : DataFrame
        The table CONTAMINATION of one sample.
    true_species : DataFrame
        Of :func:`find_true_species`, of the same sample.
    variables : DataFrame
        Of :func:`track_variables`, as they were fitted.

    Returns
    -------
    DataFrame
        The table CONTAMINATION.
    """
    rows = join(true_species, variables, TRACK_KEY, what="true species with variables")
    parts = []
    for name, own in shares.groupby("variable", sort=True):
        fitted = rows.loc[rows[str(name)].notna(), "species"]
        by_species = fitted.value_counts(normalize=True, dropna=False)
        true = own["species"].map(by_species).fillna(0.0)
        parts.append(own.assign(true_share=true, true_other=float(fitted.isna().mean())))
    return CONTAMINATION.check(pd.concat(parts))


def find_true_species(
    tracks: pd.DataFrame, cluster_truth: pd.DataFrame, truth: pd.DataFrame
) -> pd.DataFrame:
    """Return what each track of a simulated sample really is.

    Parameters
    ----------
    tracks : DataFrame
        Track key and ``induction_cluster``.
    cluster_truth, truth : DataFrame
        The tables CLUSTER_TRUTH and TRUTH.

    Returns
    -------
    DataFrame
        The track key and ``species``: that of the beam particle if it and its daughters hold more
        than half of the signal of both clusters, missing where halo or pile-up does.

    Raises
    ------
    InputError
        If a track's cluster has no truth.
    """
    signal = cluster_truth["beam_signal"] + cluster_truth["daughter_signal"]
    is_own = signal > MAJORITY * cluster_truth["signal"]
    rows = tracks[[*TRACK_KEY, "induction_cluster"]]
    for plane, column in (("collection", "track"), ("induction", "induction_cluster")):
        clusters = cluster_truth[list(EVENT_KEY)].assign(**{column: cluster_truth["cluster"]})
        clusters[plane] = is_own
        own = clusters[cluster_truth["plane"] == plane]
        key = [*EVENT_KEY, column]
        what = f"true signal of the {plane} clusters"
        rows = join(rows, own, key, what=what, how="left", relation="many_to_one")
        if rows[plane].isna().any():
            raise InputError(f"{what}: {int(rows[plane].isna().sum())} tracks have none.")
    species = truth[[*EVENT_KEY, "species"]]
    rows = join(rows, species, EVENT_KEY, what="true species", relation="many_to_one")
    rows["species"] = rows["species"].where(rows["collection"] & rows["induction"])
    return sort_by_key(rows[[*TRACK_KEY, "species"]], TRACK_KEY)


def check_closure(
    variables: pd.DataFrame,
    true_species: pd.DataFrame,
    *,
    sample: str,
    own: str,
    templates: Mapping[str, str],
    bins: int,
    shares: Sequence[float],
    mixtures: int,
    seed: int,
) -> pd.DataFrame:
    """Fit mixtures in which the share of one species is known.

    The tracks of a mixture are drawn with replacement: those of the sample's own species from its
    tracks that truth confirms, those of the other species from one half of its template. The
    template that is fitted is the other half, so no track stands on both sides.

    Parameters
    ----------
    variables, sample, templates, bins
        As for :func:`estimate_contamination`.
    true_species : DataFrame
        Of :func:`find_true_species`, of the sample.
    own : str
        Species of the sample; it has a template.
    shares : sequence of float
        Known shares.
    mixtures : int
        Mixtures per share, species and variable, each as large as the sample. How many tracks are
        the other species follows the binomial distribution.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table CONTAMINATION_CLOSURE. A species whose template has fewer than two tracks has no
        row. All mixtures share the templates, whose fluctuation moves the mean of the pulls away
        from 0.
    """
    confirmed = true_species.loc[true_species["species"] == own, list(TRACK_KEY)]
    pure = join(variables, confirmed, TRACK_KEY, what="variables of confirmed tracks")
    rng = np.random.default_rng(seed)
    jobs = [(v, s) for v in VARIABLES for s in templates if s != own]
    found: list[dict[str, object]] = []
    with threadpool_limits(limits=1):
        for name, other in progress(jobs, len(jobs), unit="closures"):
            values = {s: _values(variables, t, name) for s, t in templates.items()}
            half = rng.permutation(values[other])
            if len(half) < 2:
                logger.info("closure: the template of %s has too few tracks to be halved", other)
                continue
            pool, values[other] = half[: len(half) // 2], half[len(half) // 2 :]
            edges = _edges(list(values.values()), bins)
            shapes = np.array([_histogram(v, edges) for v in values.values()])
            sources = [_places(_values(pure, sample, name), edges), _places(pool, edges)]
            size = len(_values(variables, sample, name))
            component = list(templates).index(other)
            for share in shares:
                mixed = [
                    Counts.of(_mix(sources, share, size, len(edges) + 1, rng), shapes)
                    for _ in range(mixtures)
                ]
                key = {"sample": sample, "variable": name, "species": other, "n": size}
                found.append(key | _closure(mixed, component, share))
    if not found:
        return CONTAMINATION_CLOSURE.empty()
    return CONTAMINATION_CLOSURE.check(pd.DataFrame(found))


def _mix(
    sources: Sequence[NDArray[np.intp]],
    share: float,
    size: int,
    bins: int,
    rng: np.random.Generator,
) -> Floats:
    """Return the counts per bin of a mixture of two sources, each the bins of some tracks."""
    mixed_in = rng.binomial(size, share)
    numbers = (size - mixed_in, mixed_in)
    drawn = [rng.choice(source, n) for source, n in zip(sources, numbers, strict=True)]
    return np.bincount(np.concatenate(drawn), minlength=bins).astype(float)


def _closure(mixed: Sequence[Counts], component: int, share: float) -> dict[str, object]:
    fits = [fit_templates(counts) for counts in mixed]
    fitted = [float(fit.shares[component]) for fit in fits]
    pulls = np.array(
        [
            signed_root(counts, fit, component, share)
            for counts, fit in zip(mixed, fits, strict=True)
        ]
    )
    covered = int((pulls**2 <= LEVEL_RISE).sum())
    low, high = wilson(covered, len(mixed))
    mean, mean_low, mean_high = student_interval(fitted)
    return {
        "known_share": share,
        "mean": mean,
        "mean_low": mean_low,
        "mean_high": mean_high,
        "pull_mean": float(pulls.mean()),
        "pull_width": float(pulls.std(ddof=1)),
        "covered": covered / len(mixed),
        "covered_low": float(low),
        "covered_high": float(high),
        "mixtures": len(mixed),
    }


def _values(variables: pd.DataFrame, sample: str, name: str) -> Floats:
    """Return the defined values of a variable in one sample, in the order of the key."""
    rows = sort_by_key(variables[variables["sample"] == sample], TRACK_KEY)
    values = rows[name].dropna().to_numpy(dtype=float)
    if not len(values):
        raise InputError(f"{sample}: no track has {name}, so its species cannot be estimated.")
    return values


def _edges(samples: Sequence[Floats], bins: int) -> Floats:
    """Return inner edges between which all samples together, weighted alike, are equal parts."""
    values = np.concatenate(samples)
    weights = np.concatenate([np.full(len(v), 1 / len(v)) for v in samples])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / len(samples)
    places = np.searchsorted(reached, np.arange(1, bins) / bins)
    edges = np.unique(values[order][places])
    # Bins are closed below: an edge at the lowest value would leave the first bin empty.
    return np.asarray(edges[edges > values.min()])


def _places(values: Floats, edges: Floats) -> NDArray[np.intp]:
    return np.asarray(np.searchsorted(edges, values, side="right"))


def _histogram(values: Floats, edges: Floats) -> Floats:
    return np.bincount(_places(values, edges), minlength=len(edges) + 1).astype(float)
