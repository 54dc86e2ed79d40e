"""How reviews write their numbers."""
