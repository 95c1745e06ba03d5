"""Unsupervised learning on particle-detector data, from ROOT files to figures."""

__version__ = "0.1.0"
