"""What can be read from the latents: species, features, and where probes fail."""
