"""Fixtures over the real engines, for every test of the suite."""
