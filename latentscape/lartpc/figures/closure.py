"""The simulated transport beside what is known of it."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator, ScalarFormatter

from latentscape.figures.style import DOUBLE, SINGLE, legend_above, say_empty, styled, unused
from latentscape.lartpc.energy_loss import MASSES, beta_squared, csda_range, energy_at_range
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS
from latentscape.lartpc.scattering import highland_angle
from latentscape.lartpc.straggling import landau_xi, vavilov_kappa
from latentscape.lartpc.validation.conditions import FIRST_SHARE, SCATTERER_CM
from latentscape.lartpc.validation.csda import TabulatedRange
from latentscape.lartpc.validation.transport import (
    AT_REST,
    CHANNELS,
    LINES,
    RANGE_TOLERANCE,
    two_body_momentum,
)
from latentscape.lartpc.vavilov import vavilov_density

APART = 1.055
"""Factor in energy between the points of two species, so that their bars do not hide each other."""

LAYERS = 3
LAYER_BINS = 60
ANGLES = np.linspace(-6, 6, 41)
ROUND = (1, 2, 5, 10, 20, 50, 100)

CHANNEL_LABELS = {
    "K+ to mu+ nu": "μ⁺ν",
    "K+ to pi+ pi0": "π⁺π⁰",
    "K+ to pi+ pi+ pi-": "π⁺π⁺π⁻",
    "K+ to pi0 e+ nu": "π⁰e⁺ν",
    "K+ to pi0 mu+ nu": "π⁰μ⁺ν",
    "K+ to pi+ pi0 pi0": "π⁺π⁰π⁰",
}
DAUGHTERS = {"mu+": "muon", "pi+": "pion"}
MOMENTA = np.linspace(0, 260, 105)


@styled
def ranges_and_losses(tracks: pd.DataFrame, *, csda: pd.DataFrame) -> Figure:
    """Draw simulated ranges and mean energy losses over those of the public tables.

    Parameters
    ----------
    tracks : DataFrame
        Table ``closure``.
    csda : DataFrame
        Table ``reference_csda``.

    Returns
    -------
    Figure
        Points with standard errors, tables as curves, and their ratios with the tolerances of
        1 % (p, μ, d) and 2 % (K, π) as bands. The points of one energy are drawn side by side.
    """
    figure = Figure(figsize=(DOUBLE, 4.2))
    panels = figure.subplots(2, 2, sharex=True, height_ratios=(3, 2))
    species = [name for name in SPECIES_LABELS if name in set(tracks["species"])]
    if not species:
        for axes in panels.ravel():
            say_empty(axes)
        return figure
    handles: list[Artist] = []
    for number, name in enumerate(species):
        table = TabulatedRange(csda, species=name)
        rows = tracks[tracks["species"] == name]
        shift = APART ** (number - (len(species) - 1) / 2)
        colour = SPECIES_COLOURS[name]
        for column, points in enumerate((_ranges(rows, table), _losses(rows, table))):
            top, ratio = panels[:, column]
            top.plot(points["energy"], points["expected"], color=colour, lw=0.8)
            top.plot(points["energy"], points["measured"], "o", color=colour, ms=3)
            ratio.errorbar(
                points["energy"] * shift,
                points["measured"] / points["expected"],
                points["error"] / points["expected"],
                fmt="o",
                color=colour,
                ms=2.5,
                elinewidth=0.9,
            )
        text = f"{SPECIES_LABELS[name]} ({len(rows):,})"
        handles.append(Line2D([], [], color=colour, marker="o", ms=3, lw=0.8, label=text))
    for axes in panels.ravel():
        _energy_axis(axes, tracks["kinetic_energy"])
    for axes in panels[0]:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(FixedLocator(ROUND))
        axes.yaxis.set_major_formatter(ScalarFormatter())
        axes.yaxis.set_minor_formatter(NullFormatter())
    panels[0, 0].set_ylabel("range [cm]")
    panels[0, 1].set_ylabel(
        f"mean dE/dx over the first\n{100 * FIRST_SHARE:.0f} % of the range [MeV/cm]"
    )
    for axes in panels[1]:
        for shade, tolerance in zip(("0.93", "0.86"), (0.02, 0.01), strict=True):
            axes.axhspan(1 - tolerance, 1 + tolerance, color=shade, lw=0, zorder=-2)
        axes.axhline(1, color="0.4", lw=0.8, zorder=-1)
        axes.set_ylabel("simulated / table")
        axes.set_xlabel("kinetic energy [MeV]")
    handles.append(Patch(color="0.86", label="± 1 %"))
    handles.append(
        Patch(color="0.93", label=f"± {100 * max(RANGE_TOLERANCE.values()):.0f} % (K⁺, π⁺)")
    )
    legend_above(figure, handles)
    return figure


def _energy_axis(axes: Axes, energies: pd.Series) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sorted(energies.unique())))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(ScalarFormatter())


def _ranges(rows: pd.DataFrame, table: TabulatedRange) -> pd.DataFrame:
    whole = rows[rows["end"].isin(AT_REST)].groupby("kinetic_energy")["path"]
    points = whole.agg(["mean", "sem"]).reset_index()
    points.columns = pd.Index(["energy", "measured", "error"])
    expected = [table.range_cm(energy) for energy in points["energy"]]
    return points.assign(expected=expected)


def _losses(rows: pd.DataFrame, table: TabulatedRange) -> pd.DataFrame:
    depths = rows.groupby("kinetic_energy")["depth"].first().to_numpy()
    points = rows.groupby("kinetic_energy")["loss"].agg(["mean", "sem"]).reset_index()
    points.columns = pd.Index(["energy", "measured", "error"])
    left = [
        table.energy_left(energy, path_cm=depth)
        for energy, depth in zip(points["energy"], depths, strict=True)
    ]
    return pd.DataFrame(
        {
            "energy": points["energy"],
            "measured": points["measured"] / depths,
            "error": points["error"] / depths,
            "expected": (points["energy"] - left) / depths,
        }
    )


@styled
def losses_in_layers(layers: pd.DataFrame) -> Figure:
    """Draw the energy lost in thin layers beside Vavilov's density.

    Parameters
    ----------
    layers : DataFrame
        Table ``closure_layers``.

    Returns
    -------
    Figure
        Three of the beams, from Landau's κ ≪ 1 to nearly Gaussian losses: points with Poisson
        errors, and the density about the mean loss of Bethe's formula, not fitted.
    """
    beams = sorted(_thin_beams(layers), key=lambda beam: beam[0])
    chosen = np.unique(np.linspace(0, len(beams) - 1, min(LAYERS, len(beams))).round().astype(int))
    figure = Figure(figsize=(DOUBLE, 2.6))
    panels = figure.subplots(1, LAYERS, squeeze=False)[0]
    unused(panels[max(len(chosen), 1) :])
    if not beams:
        say_empty(panels[0])
        return figure
    for axes, number in zip(panels, chosen, strict=False):
        kappa, rows = beams[number]
        _layer(axes, rows, kappa)
    panels[0].set_ylabel("particles per bin")
    handles: list[Artist] = [
        Line2D([], [], color="0.3", marker="o", ms=3, lw=0, label="simulated"),
        Line2D([], [], color="0.3", lw=1, label="Landau-Vavilov"),
    ]
    legend_above(figure, handles)
    return figure


def _thin_beams(layers: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    thin = layers[layers["thickness"] != SCATTERER_CM]
    for _, rows in thin.groupby(["species", "kinetic_energy", "thickness"]):
        species, energy, thickness = rows[["species", "kinetic_energy", "thickness"]].iloc[0]
        yield float(vavilov_kappa(energy, species=species, thickness_cm=thickness)), rows


def _layer(axes: Axes, rows: pd.DataFrame, kappa: float) -> None:
    species, energy, thickness = rows[["species", "kinetic_energy", "thickness"]].iloc[0]
    losses = rows["loss"].dropna().to_numpy()
    low, median, high = np.percentile(losses, (0.1, 50, 97))
    edges = np.linspace(low - 0.1 * (median - low), high + 0.5 * (high - median), LAYER_BINS)
    counts, _ = np.histogram(losses, edges)
    centres = (edges[1:] + edges[:-1]) / 2
    colour = SPECIES_COLOURS[species]
    axes.errorbar(centres, counts, np.sqrt(counts), fmt="o", color=colour, ms=1.8, elinewidth=0.6)
    left = csda_range(energy, species=species) - np.array([0.5, 1.0]) * thickness
    middle, last = (float(value) for value in energy_at_range(left, species=species))
    xi = float(landau_xi(middle, species=species, thickness_cm=thickness))
    loss = np.linspace(edges[0], edges[-1], 400)
    density = vavilov_density(
        (loss - (energy - last)) / xi,
        kappa=float(vavilov_kappa(middle, species=species, thickness_cm=thickness)),
        beta2=float(beta_squared(middle, species=species)),
    )
    axes.plot(loss, density / xi * len(losses) * (edges[1] - edges[0]), color="0.2", lw=1)
    axes.set_title(f"{SPECIES_LABELS[species]} of {energy:g} MeV ({len(losses):,})")
    axes.text(0.96, 0.94, f"κ = {kappa:.2g}", ha="right", va="top", transform=axes.transAxes)
    axes.set_xlabel(f"energy lost in {10 * thickness:g} mm [MeV]")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)


@styled
def decays_at_rest(decays: pd.DataFrame, *, numbers: pd.DataFrame) -> Figure:
    """Draw how often and into what momenta kaons decay.

    Parameters
    ----------
    decays : DataFrame
        Table ``closure_decays``.
    numbers : DataFrame
        Table ``reference_numbers``.

    Returns
    -------
    Figure
        Fractions over those of the PDG with binomial standard errors, the PDG's own as bands;
        and the momenta of muons and pions from kaons at rest, with lines at the exact
        two-body momenta.
    """
    figure = Figure(figsize=(DOUBLE, 2.7))
    fractions, momenta = figure.subplots(1, 2)
    kaons = decays[decays["species"] == "kaon"]
    if kaons.empty:
        say_empty(fractions)
        say_empty(momenta)
        return figure
    values = dict(zip(numbers["name"], numbers["value"].astype(float), strict=True))
    errors = dict(zip(numbers["name"], numbers["uncertainty"].astype(float), strict=True))
    n = len(kaons)
    for place, (name, daughters) in enumerate(CHANNELS.items()):
        expected, known = values[name], errors[name] / values[name]
        fractions.fill_between(
            [place - 0.35, place + 0.35], 1 - known, 1 + known, color="0.8", lw=0, zorder=0
        )
        found = float((kaons["daughters"] == daughters).mean())
        error = np.sqrt(expected * (1 - expected) / n)
        fractions.errorbar(
            place, found / expected, error / expected, fmt="o", ms=3, color=SPECIES_COLOURS["kaon"]
        )
    fractions.axhline(1, color="0.4", lw=0.8, zorder=-1)
    texts = [f"{CHANNEL_LABELS[name]}\n{100 * values[name]:.3g} %" for name in CHANNELS]
    fractions.set_xticks(range(len(texts)), texts)
    fractions.tick_params(axis="x", length=0)
    fractions.set_ylabel("simulated / PDG")
    fractions.set_title(f"{n:,} decays of K⁺")
    _momenta(momenta, kaons[kaons["end"] == "decayed_at_rest"])
    return figure


def _momenta(axes: Axes, at_rest: pd.DataFrame) -> None:
    pairs = [
        (daughter, momentum)
        for daughters, values in zip(at_rest["daughters"], at_rest["momenta"], strict=True)
        for daughter, momentum in zip(daughters.split(), values, strict=True)
    ]
    for daughter, species in DAUGHTERS.items():
        values = [momentum for name, momentum in pairs if name == daughter]
        counts, _ = np.histogram(values, MOMENTA)
        colour, text = SPECIES_COLOURS[species], SPECIES_LABELS[species]
        axes.stairs(counts, MOMENTA, color=colour, label=f"{text} ({len(values):,})")
    axes.set_yscale("log")
    axes.set_ylim(bottom=0.7)
    top = axes.get_ylim()[1]
    axes.set_ylim(top=top * 4)
    for parent, _, first, second in LINES.values():
        if parent == "kaon":
            line = two_body_momentum(MASSES[parent], first, second)
            axes.axvline(line, color="0.4", lw=0.8, ls=(0, (3, 2)), zorder=0)
            axes.annotate(
                f"{line:.1f}",
                (line, 1),
                xycoords=("data", "axes fraction"),
                xytext=(4 if second else -4, 2),
                textcoords="offset points",
                ha="right" if second else "left",
                va="bottom",
            )
    axes.set_xlim(MOMENTA[0], MOMENTA[-1])
    axes.set_xlabel("momentum of the daughter [MeV/c]")
    axes.set_ylabel("daughters per 2.5 MeV/c")
    axes.legend(loc="upper left")


@styled
def scattering_angles(layers: pd.DataFrame) -> Figure:
    """Draw projected scattering angles in units of Highland's θ₀.

    Parameters
    ----------
    layers : DataFrame
        Table ``closure_layers``.

    Returns
    -------
    Figure
        One line per species, and the normal distribution that Highland's θ₀ describes: it is
        meant for the central 98 %, beyond which single scatters dominate.
    """
    thick = layers[layers["thickness"] == SCATTERER_CM]
    figure = Figure(figsize=(SINGLE, SINGLE))
    axes = figure.subplots()
    if thick.empty:
        say_empty(axes)
        return figure
    handles: list[Artist] = []
    for species, colour in SPECIES_COLOURS.items():
        rows = thick[thick["species"] == species]
        if rows.empty:
            continue
        energy, path = float(rows["kinetic_energy"].iloc[0]), float(rows["path"].mean())
        width = highland_angle(energy, species=species, thickness_cm=path)
        angles = rows[["angle_x", "angle_y"]].to_numpy().ravel() / width
        density, _ = np.histogram(angles, ANGLES)
        scaled = density / len(angles) / (ANGLES[1] - ANGLES[0])
        text = f"{SPECIES_LABELS[species]} ({1e3 * width:.1f} mrad)"
        axes.stairs(scaled, ANGLES, color=colour)
        handles.append(Line2D([], [], color=colour, label=text))
    grid = np.linspace(-4, 4, 200)
    axes.plot(grid, np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi), color="0.2", lw=1)
    handles.append(Line2D([], [], color="0.2", lw=1, label="normal"))
    axes.set(yscale="log", ylim=(2e-4, 1), xlim=(ANGLES[0], ANGLES[-1]))
    axes.set_xlabel("projected angle / Highland's θ₀")
    axes.set_ylabel("density")
    legend_above(figure, handles)
    return figure
