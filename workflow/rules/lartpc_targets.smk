"""What the targets of the LArTPC study ask for."""

TABLES_OF_MODELS = [
    "correlations",
    "variance",
    "dimensions",
    "content",
    "importance",
    "mutual_information",
    "within",
    "proxy",
    "walks",
    "interpolations",
    "probes",
    "probes_summary",
    "hard_cases",
    "hard_shares",
    "agreement",
    "agreement_summary",
    "mixtures",
    "mixture_summary",
    "bic",
    "normal_pid",
    "normal_pid_summary",
    "normal_pid_confusion",
    "normal_pid_calibration",
    "capacity",
    "anomaly",
    "two_sample",
    "two_sample_mixture",
    "two_sample_power",
    "two_sample_sensitivity",
]
FIGURES_OF_MODELS = [
    "losses",
    "reconstructions",
    "map",
    "feature_maps",
    "correlations",
    "label_correlations",
    "variance",
    "content",
    "importance",
    "within",
    "traversal",
    "walks",
    "interpolations",
    "probes",
    "agreement",
    "hard_cases",
    "mixtures",
    "normal_pid",
    "anomaly",
    "anomaly_scores",
    "two_sample",
    "shift_power",
]


OF_SEVERAL_SPECIES = ["multiclass", "multiclass_summary", "multiclass_confusion"]
HAS_SEVERAL_SPECIES = len(set(label_groups("multiclass").values())) > 2


def lartpc_tables():
    """Return the tables that the configuration asks for."""
    tables = ["cut_flow", "feature_gaps"]
    tables += [f"{name}_{model}" for name in TABLES_OF_MODELS for model in MODELS]
    if HAS_SEVERAL_SPECIES:
        tables += [f"{name}_{model}" for name in OF_SEVERAL_SPECIES for model in MODELS]
    if MODELS:
        tables += ["leaderboard", "leaderboard_control", "headline"]
    if simulated_samples():
        tables += ["stages", *(["track_choice"] if sample_of_the_choice() else [])]
        tables += [f"hard_causes_{model}" for model in MODELS]
    if samples_with_beamline():
        tables += ["mass_checks", "range_checks"]
        of_beam = ("score_checks", "populations", "population_differences")
        tables += [f"{name}_{model}" for name in of_beam for model in MODELS]
    if samples_of_hypotheses():
        of_pid = ("latent_pid", "latent_pid_confusion")
        tables += [f"{name}_{model}" for name in of_pid for model in MODELS]
    of_factors = ("disentanglement", "disentanglement_summary", "factors")
    tables += [
        f"{name}_{model}" for name in of_factors for model in models_with_factors()
    ]
    tables += [
        f"{name}_{sample}"
        for name in ("contamination", "contamination_closure")
        for sample in contaminated_samples()
    ]
    return [
        *expand("results/lartpc/tables/{name}.tsv", name=tables),
        *expand(
            "results/lartpc/pid/{sample}.parquet", sample=samples_with_calorimetry()
        ),
        *expand(
            "results/lartpc/beamline/{sample}.parquet", sample=samples_with_beamline()
        ),
        *(["results/lartpc/paper/results.html"] if MODELS else []),
    ]


def lartpc_figures():
    """Return the figures that the configuration asks for."""
    names = ["cut_flow", "gallery", "resizing", "features"]
    names += [
        f"{name}_{sample}"
        for name in ("event", "clusters", "entry_windows")
        for sample in SAMPLES
    ]
    names += [f"{name}_{model}" for name in FIGURES_OF_MODELS for model in MODELS]
    if HAS_SEVERAL_SPECIES:
        names += [f"multiclass_{model}" for model in MODELS]
    if MODELS:
        names.append("leaderboard")
    if sample_of_the_choice():
        names.append("track_choice")
    if simulated_samples():
        names += [f"hard_causes_{model}" for model in MODELS]
    if samples_with_beamline():
        names += ["beam", "beam_checks"]
        names += [f"populations_{model}" for model in MODELS]
    if samples_with_calorimetry():
        names += ["dedx", "chi2"]
    names += [f"factors_{model}" for model in models_with_factors()]
    names += [f"contamination_{sample}" for sample in contaminated_samples()]
    return expand(
        "results/figures/lartpc/{name}.{suffix}", name=names, suffix=["png", "pdf"]
    )


def lartpc_pages():
    """Return the interactive pages that the configuration asks for."""
    return expand("results/lartpc/explorer/{model}.html", model=MODELS)
