"""Warnings as notifications of a browser: the worker that shows them, and the tap that asks for them."""
