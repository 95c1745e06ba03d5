"""Many models along some axes, and what changes along them."""
