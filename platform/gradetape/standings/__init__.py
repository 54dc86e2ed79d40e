"""Where somebody stands: with each challenge, and by the quarter of an hour."""
