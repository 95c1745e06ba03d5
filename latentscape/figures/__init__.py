"""Figures in one style. Each function takes tables or arrays and returns a figure."""
