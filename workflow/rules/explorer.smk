"""The interactive map of the latents and the display of any event."""
