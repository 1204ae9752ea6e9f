"""Queues and search."""
