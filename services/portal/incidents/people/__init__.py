"""Who is registered in the country of an incident, by name, while it opens the register."""
