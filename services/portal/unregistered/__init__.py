"""Pages of those who recruit without registration: what was said of somebody, who it is, what was done about it."""
