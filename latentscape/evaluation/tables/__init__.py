"""Tables of every study's analyses. Labels are the groups a study compares."""
