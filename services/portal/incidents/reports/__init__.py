"""Pages of what was reported on an incident, and of its whole log."""
