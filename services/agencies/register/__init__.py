"""Licences with their history, sub-agents, associates and branches, and those who recruit without registration."""
