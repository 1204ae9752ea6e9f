"""Pages of one person on the list to leave, and of registering them from a call."""
