"""Networks, training and inference, for every study."""
