"""Pages for the person: register in two minutes, change one's own record. No account."""
