"""Proposals, decisions, reopening and appeals."""
