"""Where simulated particles are measured, for what makes them and for what checks them."""

FIRST_SHARE = 0.3
"""Part of its mean range along which a particle's mean energy loss is measured."""

SCATTERER_CM = 5.0
"""Argon behind which the angle is measured: a third of a radiation length."""
