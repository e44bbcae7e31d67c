"""Decide: demonstrations, quotes, suitability for the team, the recorded decision."""
