"""Figures of the LArTPC study. Each function takes tables or arrays and returns a figure."""

from latentscape.lartpc.figures.beam import beam_spectrum
from latentscape.lartpc.figures.displays import cluster_display, event_display
from latentscape.lartpc.figures.gallery import gallery
from latentscape.lartpc.figures.identification import chi2_comparison, dedx_against_range
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS, sample_labels
from latentscape.lartpc.figures.resizing import resize_fidelity
from latentscape.lartpc.figures.selection import cut_flow, entry_windows

__all__ = [
    "SPECIES_COLOURS",
    "SPECIES_LABELS",
    "beam_spectrum",
    "chi2_comparison",
    "cluster_display",
    "cut_flow",
    "dedx_against_range",
    "entry_windows",
    "event_display",
    "gallery",
    "resize_fidelity",
    "sample_labels",
]
