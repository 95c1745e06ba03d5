"""Whether two samples of latents differ."""
