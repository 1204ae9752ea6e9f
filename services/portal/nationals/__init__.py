"""Pages of the register of nationals abroad."""
