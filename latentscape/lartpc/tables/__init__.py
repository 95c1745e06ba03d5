"""Every table of the LArTPC study: columns, types, units, meaning."""
