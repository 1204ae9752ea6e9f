"""Who recruits without registration: put together from what complaints say, by a person, and what was done about it."""
