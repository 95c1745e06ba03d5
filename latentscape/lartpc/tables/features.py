"""Tables of the 25 features."""

from latentscape.keys import TRACK_KEY
from latentscape.tables import SAMPLE, TRACK_COLUMNS, Column, Table

FEATURE_NAMES = (
    "total_adc",
    "mean_adc",
    "median_adc",
    "std_adc",
    "max_adc",
    "adc_entropy",
    "n_pixels",
    "solidity",
    "fill_fraction",
    "bragg_peak_height",
    "bragg_peak_position",
    "bragg_peak_ratio",
    "bragg_peak_to_median",
    "end_vs_start_ratio",
    "first_quartile_mean",
    "last_quartile_mean",
    "bragg_rise_slope",
    "peak_integral_fraction",
    "bragg_peak_width",
    "profile_cv",
    "monotonic_rise_fraction",
    "relative_peak_energy",
    "profile_skewness",
    "profile_kurtosis",
    "n_local_maxima",
)

FEATURE_LABELS = {
    "total_adc": ("log(total ADC)", ""),
    "mean_adc": ("mean ADC over the box", "ADC"),
    "median_adc": ("median pixel", "ADC"),
    "std_adc": ("pixel spread", "ADC"),
    "max_adc": ("highest pixel", "ADC"),
    "adc_entropy": ("normalised ADC entropy", ""),
    "n_pixels": ("signal pixels", ""),
    "solidity": ("solidity", ""),
    "fill_fraction": ("fill fraction", ""),
    "bragg_peak_height": ("Bragg peak height", "ADC"),
    "bragg_peak_position": ("Bragg peak position", ""),
    "bragg_peak_ratio": ("Bragg peak / mean", ""),
    "bragg_peak_to_median": ("Bragg peak / median", ""),
    "end_vs_start_ratio": ("end / start", ""),
    "first_quartile_mean": ("first-quartile mean", "ADC"),
    "last_quartile_mean": ("last-quartile mean", "ADC"),
    "bragg_rise_slope": ("Bragg rise slope", "ADC/wire"),
    "peak_integral_fraction": ("charge in the last 15 %", ""),
    "bragg_peak_width": ("Bragg peak FWHM", "wire"),
    "profile_cv": ("profile spread / mean", ""),
    "monotonic_rise_fraction": ("rising steps", ""),
    "relative_peak_energy": ("charge within ±10 % of peak", ""),
    "profile_skewness": ("profile skewness", ""),
    "profile_kurtosis": ("log profile kurtosis", ""),
    "n_local_maxima": ("local maxima", ""),
}

# What the features say: how much charge there is and where along the track, or which shape.
TOPOLOGY = (
    "n_pixels",
    "solidity",
    "fill_fraction",
    "bragg_peak_position",
    "bragg_peak_width",
    "monotonic_rise_fraction",
    "profile_skewness",
    "profile_kurtosis",
    "n_local_maxima",
)

FEATURE_FAMILIES = {
    "calorimetry": tuple(name for name in FEATURE_NAMES if name not in TOPOLOGY),
    "topology": TOPOLOGY,
}

FEATURES = Table(
    "features",
    "The 25 features of one track, from its collection-plane cluster",
    (
        *TRACK_COLUMNS,
        *(
            Column(name, "float64", FEATURE_LABELS[name][0], FEATURE_LABELS[name][1], True)
            for name in FEATURE_NAMES
        ),
    ),
    TRACK_KEY,
)

FEATURE_GAPS = Table(
    "feature_gaps",
    "How many tracks lack a feature, and why",
    (
        SAMPLE,
        Column("feature", "string", "Feature"),
        Column("reason", "string", "Why it is undefined"),
        Column("tracks", "int64", "Tracks that lack it for this reason"),
    ),
    ("sample", "feature", "reason"),
)
