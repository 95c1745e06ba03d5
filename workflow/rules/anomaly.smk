"""How strange each row is to a model, by many scores, and the leaderboard of these."""
