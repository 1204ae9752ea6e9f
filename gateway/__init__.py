"""The only door: it knows who is calling, where a path leads and how much is allowed; it keeps nothing."""
