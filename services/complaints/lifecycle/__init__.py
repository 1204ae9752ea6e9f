"""What becomes of a complaint: who may do what with it, when, and what that leads to."""
