"""The workflow held against what it did not make: truth, public tables, published methods."""
