"""Figures of the transport's closure, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.energy_loss import csda_range, mean_dedx
from latentscape.lartpc.figures.closure import (
    decays_at_rest,
    losses_in_layers,
    ranges_and_losses,
    scattering_angles,
)
from latentscape.lartpc.scattering import highland_angle
from latentscape.lartpc.straggling import landau_xi, most_probable_loss
from latentscape.lartpc.validation.conditions import FIRST_SHARE, SCATTERER_CM
from latentscape.lartpc.validation.csda import TabulatedRange
from latentscape.lartpc.validation.tables import (
    CLOSURE,
    CLOSURE_DECAYS,
    CLOSURE_LAYERS,
    REFERENCE_CSDA,
    REFERENCE_NUMBERS,
)
from latentscape.lartpc.validation.transport import CHANNELS

SPECIES = ("proton", "kaon", "pion", "muon", "deuteron")
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


@pytest.fixture(scope="module")
def csda(request):
    return REFERENCE_CSDA.read_tsv(request.config.rootpath / "resources/references/csda.tsv")


@pytest.fixture(scope="module")
def numbers(request):
    return REFERENCE_NUMBERS.read_tsv(request.config.rootpath / "resources/references/numbers.tsv")


def some_tracks(csda, *, scale=1.004, n=40):
    rng = np.random.default_rng(1)
    parts = []
    for species in SPECIES:
        table = TabulatedRange(csda, species=species)
        for energy in (20.0, 100.0, 600.0):
            depth = FIRST_SHARE * float(csda_range(energy, species=species))
            loss = energy - table.energy_left(energy, path_cm=depth)
            columns = {"species": species, "kinetic_energy": energy, "particle": np.arange(n)}
            columns |= {"end": np.where(np.arange(n) < 5, "decayed_in_flight", "stopped")}
            spread = rng.normal(scale, 0.02, n)
            columns |= {
                "path": table.range_cm(energy) * spread * np.where(np.arange(n) < 5, 0.5, 1)
            }
            columns |= {"depth": depth, "loss": loss * rng.normal(2 - scale, 0.02, n)}
            parts.append(pd.DataFrame(columns))
    return CLOSURE.check(pd.concat(parts, ignore_index=True))


def some_layers(*, species=SPECIES, n=1500):
    rng = np.random.default_rng(2)
    parts = []
    for name in species:
        for thickness, energy in ((0.4, 100.0), (SCATTERER_CM, 600.0)):
            layer = {"species": name, "thickness_cm": thickness}
            xi = float(landau_xi(energy, **layer))
            peak = float(most_probable_loss(energy, **layer))
            width = highland_angle(energy, **layer) if energy == 600 else 0.01
            columns = {"species": name, "kinetic_energy": energy, "thickness": thickness}
            columns |= {"particle": np.arange(n), "path": thickness}
            columns |= {"loss": peak + xi * rng.gumbel(0, 1.4, n)}
            columns |= {f"angle_{axis}": rng.normal(0, width, n) for axis in "xy"}
            parts.append(pd.DataFrame(columns))
    return CLOSURE_LAYERS.check(pd.concat(parts, ignore_index=True))


def some_decays():
    counts = dict(zip(CHANNELS.values(), (640, 200, 60, 48, 35, 17), strict=True))
    lines = {"mu+ nu_mu": 235.53, "pi+ pi0": 205.14}
    rng = np.random.default_rng(3)
    rows = [daughters for daughters, n in counts.items() for _ in range(n)]
    momenta = [
        np.full(2, lines[row]) if row in lines else rng.uniform(20, 200, len(row.split()))
        for row in rows
    ]
    columns = {"species": "kaon", "kinetic_energy": 20.0, "particle": np.arange(len(rows))}
    columns |= {"end": "decayed_at_rest", "daughters": rows, "momenta": momenta}
    return CLOSURE_DECAYS.check(pd.DataFrame(columns))


@looks_as_before
def test_ranges_and_losses_look_as_before(csda):
    return ranges_and_losses(some_tracks(csda), csda=csda)


def points_of(axes, number):
    """Return the values of the points with error bars of one species."""
    return axes.containers[number].lines[0].get_ydata(orig=False)


def test_the_ratio_is_one_where_ranges_are_those_of_the_table(csda):
    table = TabulatedRange(csda, species="proton")
    tracks = some_tracks(csda)
    tracks = tracks[tracks["species"] == "proton"]
    exact = tracks.assign(path=tracks["kinetic_energy"].map(table.range_cm))
    panels = ranges_and_losses(exact, csda=csda).axes
    np.testing.assert_allclose(points_of(panels[2], 0), 1, rtol=1e-12)


def test_decays_in_flight_are_not_in_the_mean_range(csda):
    tracks = some_tracks(csda, scale=1.0)
    ratio = points_of(ranges_and_losses(tracks, csda=csda).axes[2], 0)
    # σ = 2 % of 35 tracks; five halved paths of 40 would lower it by 6 %
    np.testing.assert_allclose(ratio, 1, atol=4 * 0.02 / np.sqrt(35))


@looks_as_before
def test_losses_in_layers_look_as_before():
    return losses_in_layers(some_layers())


def test_three_layers_are_shown_from_the_smallest_kappa_to_the_largest():
    titles = [axes.get_title(loc="left") for axes in losses_in_layers(some_layers()).axes]
    assert [title.split()[0] for title in titles] == ["μ⁺", "K⁺", "d"]


def test_vavilov_s_curve_has_as_many_particles_as_the_points():
    axes = losses_in_layers(some_layers(species=("proton",))).axes[0]
    curve = axes.lines[-1]
    loss, height = curve.get_xdata(), curve.get_ydata()
    bins = axes.lines[0].get_xdata()
    assert np.trapezoid(height, loss) / (bins[1] - bins[0]) == pytest.approx(1500, rel=0.02)
    # centred near the mean loss of Bethe's formula, 7.27 MeV/cm at 100 MeV
    mean = np.trapezoid(height * loss, loss) / np.trapezoid(height, loss)
    assert mean == pytest.approx(0.4 * float(mean_dedx(98.5, species="proton")), rel=0.01)


@looks_as_before
def test_decays_at_rest_look_as_before(numbers):
    return decays_at_rest(some_decays(), numbers=numbers)


def test_fractions_are_shown_over_those_of_the_pdg(numbers):
    fractions = decays_at_rest(some_decays(), numbers=numbers).axes[0]
    found = [container.lines[0].get_ydata()[0] for container in fractions.containers]
    assert found[0] == pytest.approx(0.640 / 0.6356)
    assert found[-1] == pytest.approx(0.017 / 0.0176)


@looks_as_before
def test_scattering_angles_look_as_before():
    return scattering_angles(some_layers())


@pytest.mark.parametrize("draw", ["ranges", "layers", "decays", "scattering"])
def test_empty_tables_say_so(draw, csda, numbers):
    figure = {
        "ranges": lambda: ranges_and_losses(CLOSURE.empty(), csda=csda),
        "layers": lambda: losses_in_layers(CLOSURE_LAYERS.empty()),
        "decays": lambda: decays_at_rest(CLOSURE_DECAYS.empty(), numbers=numbers),
        "scattering": lambda: scattering_angles(CLOSURE_LAYERS.empty()),
    }[draw]()
    assert [text.get_text() for text in figure.axes[0].texts] == ["no entries"]
