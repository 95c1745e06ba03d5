"""The selected kaons against the beam line, and what contaminates them."""
