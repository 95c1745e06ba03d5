"""Contamination: variables, estimates on mixtures, truth beside them, closure."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.contamination import (
    VARIABLES,
    add_true_shares,
    check_closure,
    estimate_contamination,
    find_true_species,
    track_variables,
)
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUTH

TEMPLATES = {"kaon": "clean", "proton": "protons"}
FIT = {"bins": 6, "toys": 20, "seed": 3}


def keys(sample, n):
    return pd.DataFrame(
        {"sample": sample, "run": 1, "subrun": 0, "event": np.arange(n), "track": 0}
    )


def some_variables(proton_share=0.2, n=400, seed=1):
    """Kaons scatter around -2, protons around 2, in both variables."""
    rng = np.random.default_rng(seed)
    n_protons = round(proton_share * n)
    centres = {
        "mixed": np.repeat([-2.0, 2.0], [n - n_protons, n_protons]),
        "clean": np.full(500, -2.0),
        "protons": np.full(500, 2.0),
    }
    tables = []
    for sample, centre in centres.items():
        values = {name: centre + rng.normal(size=len(centre)) for name in VARIABLES}
        tables.append(keys(sample, len(centre)).assign(**values))
    return pd.concat(tables, ignore_index=True)


def test_the_share_of_a_mixture_is_found():
    shares, bins = estimate_contamination(
        some_variables(), sample="mixed", templates=TEMPLATES, **FIT
    )
    protons = shares[shares["species"] == "proton"]
    assert sorted(protons["variable"]) == sorted(VARIABLES)
    assert (protons["low"] < 0.2).all()
    assert (protons["high"] > 0.2).all()
    assert protons["share"].to_numpy() == pytest.approx(0.2, abs=0.04)
    assert shares.groupby("variable")["share"].sum().to_numpy() == pytest.approx(1)
    fitted = bins.groupby("variable")["fitted"].sum()
    assert fitted.to_numpy() == pytest.approx(400, rel=1e-3)


def test_shuffled_rows_give_the_same_estimate():
    variables = some_variables(n=100)
    shuffled = variables.sample(frac=1, random_state=1)
    first, second = (
        estimate_contamination(rows, sample="mixed", templates=TEMPLATES, **FIT)[0]
        for rows in (variables, shuffled)
    )
    pd.testing.assert_frame_equal(first, second)


def test_a_sample_without_the_variable_is_refused():
    variables = some_variables(n=50)
    variables.loc[variables["sample"] == "clean", "mass"] = np.nan
    with pytest.raises(InputError, match="clean: no track has mass"):
        estimate_contamination(variables, sample="mixed", templates=TEMPLATES, **FIT)


def test_variables_are_the_difference_of_two_chi2_and_the_mass_of_the_event():
    pid = pd.DataFrame({c.name: [np.nan] for c in PID.columns}).astype(object)
    pid = pid.assign(sample="a", run=1, subrun=0, event=5, track=2)
    pid = pid.assign(chi2_larsoft_kaon=1.5, chi2_larsoft_proton=4.0)
    line = pd.DataFrame([{"sample": "a", "run": 1, "subrun": 0, "event": 5}]).assign(
        momentum=500.0, is_picky=True, mass=480.0
    )
    found = track_variables(pid, BEAMLINE.check(line), hypotheses=("kaon", "proton"))
    assert found.loc[0, "chi2_difference"] == -2.5
    assert found.loc[0, "mass"] == 480.0


def a_cluster_truth(rows):
    names = ["event", "plane", "cluster", "signal", "beam_signal", "daughter_signal"]
    table = pd.DataFrame(rows, columns=names).assign(sample="a", run=1, subrun=0)
    return CLUSTER_TRUTH.check(table.astype(dict.fromkeys(names[3:], float)))


def a_truth(species):
    row = {c.name: 0 if c.type.startswith("int") else 0.0 for c in TRUTH.columns}
    row |= {"sample": "a", "run": 1, "end": "stopped", "daughters": ""}
    rows = [row | {"event": e, "species": name} for e, name in enumerate(species)]
    return TRUTH.check(pd.DataFrame(rows).astype({"run": int, "subrun": int}))


def test_a_track_is_of_the_beam_species_if_it_and_its_daughters_fill_both_clusters():
    signal = a_cluster_truth(
        [
            (0, "collection", 0, 100, 40, 20),
            (0, "induction", 3, 100, 90, 0),
            (1, "collection", 0, 100, 100, 0),
            (1, "induction", 3, 100, 50, 0),
        ]
    )
    tracks = keys("a", 2).assign(induction_cluster=3)
    found = find_true_species(tracks, signal, a_truth(["kaon", "kaon"]))
    assert found["species"].fillna("other").tolist() == ["kaon", "other"]
    with pytest.raises(InputError, match="induction clusters: 2 tracks have none"):
        find_true_species(tracks.assign(induction_cluster=7), signal, a_truth(["kaon", "kaon"]))


def test_true_shares_stand_beside_the_estimates():
    variables = some_variables(n=10)
    shares, _ = estimate_contamination(variables, sample="mixed", templates=TEMPLATES, **FIT)
    # The first five events have no mass: only the other five count beside its fit.
    variables.loc[(variables["sample"] == "mixed") & (variables["event"] < 5), "mass"] = np.nan
    true = keys("mixed", 10).assign(species=["kaon"] * 7 + ["proton"] * 2 + [None])
    added = add_true_shares(shares, true, variables).set_index(["variable", "species"])
    both = added[["true_share", "true_other"]]
    assert both.loc[("chi2_difference", "kaon")].tolist() == pytest.approx([0.7, 0.1])
    assert both.loc[("chi2_difference", "proton")].tolist() == pytest.approx([0.2, 0.1])
    assert both.loc[("mass", "kaon")].tolist() == pytest.approx([0.4, 0.2])
    assert both.loc[("mass", "proton")].tolist() == pytest.approx([0.4, 0.2])


def test_mixtures_with_known_shares_are_fitted_without_large_bias():
    variables = some_variables(proton_share=0.0, n=200)
    true = variables.loc[variables["sample"] == "mixed", list(TRACK_KEY)].assign(species="kaon")
    closure = check_closure(
        variables,
        true,
        sample="mixed",
        own="kaon",
        templates=TEMPLATES,
        bins=6,
        shares=[0.0, 0.3],
        mixtures=20,
        seed=4,
    ).set_index(["variable", "known_share"])
    assert len(closure) == 4
    for name in VARIABLES:
        assert closure.loc[(name, 0.3), "mean"] == pytest.approx(0.3, abs=0.03)
        assert closure.loc[(name, 0.3), "covered"] >= 0.75
        assert closure.loc[(name, 0.0), "mean"] < 0.02
