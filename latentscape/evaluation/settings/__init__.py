"""Configuration of the analyses of a latent space, for every study."""
