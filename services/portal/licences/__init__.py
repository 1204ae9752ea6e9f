"""What the office that keeps the register of agencies writes down of one of them: steps of its licence, who belongs to it, evidence."""
