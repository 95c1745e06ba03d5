"""What a latent space knows: probes, correlations, anomaly scores, intervals."""
