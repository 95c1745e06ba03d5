"""Provenance of a run: an RO-Crate of the results, and the check of its hashes.

An RO-Crate is a folder with a description of itself, ``ro-crate-metadata.json``, in the terms of
https://w3id.org/ro/crate/1.1 and https://w3id.org/ro/wfrun/provenance/0.5.
"""
