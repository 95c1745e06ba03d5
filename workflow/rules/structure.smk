"""Groups, factors and hypotheses in the latent space."""
