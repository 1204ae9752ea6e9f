"""Hearings and settlements."""
