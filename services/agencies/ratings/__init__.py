"""How agencies are classified: the method, the process, what the ministry and the agency see of it."""
