"""The latent flow against the density it was drawn from."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from latentscape.errors import InputError
from latentscape.learning.flows import LatentFlow, fit_flow

SETTINGS: dict[str, Any] = {
    "transforms": 2,
    "hidden": (16,),
    "bins": 4,
    "epochs": 20,
    "batch": 128,
    "learning_rate": 1e-2,
    "patience": 10,
    "validation": 0.2,
    "seed": 3,
}
NORMAL = multivariate_normal([2.0, -1.0], [[4.0, 1.2], [1.2, 0.5]])


def points(rows: int, seed: int) -> np.ndarray:
    return np.asarray(NORMAL.rvs(rows, random_state=seed))


@pytest.fixture(scope="module")
def fitted() -> LatentFlow:
    return fit_flow(points(1000, 0), **SETTINGS)


def test_the_density_is_that_of_the_normal_distribution_it_learnt(fitted: LatentFlow) -> None:
    new = points(1000, 1)
    excess = fitted.negative_log_density(new) + NORMAL.logpdf(new)
    # The mean excess is the Kullback-Leibler divergence, at least zero but for chance.
    assert -0.02 < excess.mean() < 0.06
    assert np.abs(excess).mean() < 0.2
    exact, found = -NORMAL.logpdf(new), fitted.negative_log_density(new)
    assert np.corrcoef(exact, found)[0, 1] > 0.97


def test_the_density_integrates_to_one(fitted: LatentFlow) -> None:
    x, y = np.meshgrid(np.linspace(-10, 14, 241), np.linspace(-5, 3, 241))
    grid = np.column_stack([x.ravel(), y.ravel()])
    mass = np.exp(-fitted.negative_log_density(grid)).sum() * (24 / 240) * (8 / 240)
    assert mass == pytest.approx(1, abs=0.01)


def test_far_points_are_strange(fitted: LatentFlow) -> None:
    near, far = fitted.negative_log_density(np.array([[2.0, -1.0], [20.0, 8.0]]))
    assert far > near + 10


def test_the_same_seed_gives_the_same_flow_to_the_last_bit() -> None:
    changes = {**SETTINGS, "epochs": 2}
    both = [fit_flow(points(200, 0), **changes) for _ in range(2)]
    found = [flow.negative_log_density(points(5, 1)) for flow in both]
    assert np.array_equal(*found)


def test_a_dimension_that_never_changes_has_no_density() -> None:
    changes = {**SETTINGS, "epochs": 2}
    wide = np.insert(points(200, 0), 1, 7.0, axis=1)
    new = points(5, 1)
    found = fit_flow(wide, **changes).negative_log_density(np.insert(new, 1, 7.0, axis=1))
    expected = fit_flow(points(200, 0), **changes).negative_log_density(new)
    assert found == pytest.approx(expected)


def test_the_unit_of_the_latents_shifts_the_density_by_its_logarithm() -> None:
    changes = {**SETTINGS, "epochs": 2}
    new = points(5, 1)
    plain = fit_flow(points(200, 0), **changes).negative_log_density(new)
    scaled = fit_flow(10 * points(200, 0), **changes).negative_log_density(10 * new)
    assert scaled == pytest.approx(plain + 2 * np.log(10), abs=1e-3)


def test_two_points_leave_one_to_learn_from() -> None:
    flow = fit_flow(points(2, 0), **{**SETTINGS, "epochs": 1, "validation": 0.9})
    assert np.isfinite(flow.negative_log_density(points(3, 1))).all()


def test_a_flow_that_diverges_is_not_passed_off_as_trained() -> None:
    with pytest.raises(InputError, match=r"make flow\.learning_rate smaller than 1e"):
        fit_flow(points(50, 0), **{**SETTINGS, "epochs": 1, "learning_rate": 1e30})


def test_points_without_a_difference_are_refused() -> None:
    with pytest.raises(InputError, match="5 points that do not differ"):
        fit_flow(np.ones((5, 3)), **SETTINGS)
