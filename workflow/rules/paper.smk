"""The numbers and sentences of a paper."""
