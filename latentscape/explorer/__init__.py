"""An interactive page on which the latents of a model can be explored, for every study."""
