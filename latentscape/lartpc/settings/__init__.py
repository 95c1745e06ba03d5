"""Configuration of the LArTPC study: every default of its steps."""
