"""Prepare: projects, their context, the agenda of the workshops, and what a newer edition changes."""
