"""What is known for and against an agency: facts with a source, a date and an id, that can be struck out and never deleted."""
