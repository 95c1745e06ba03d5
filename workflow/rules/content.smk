"""What the latents hold beyond correlations, and what lies between events."""
