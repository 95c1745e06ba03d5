"""Clean samples: one cluster pair per listed event, by a forest or by hand."""
