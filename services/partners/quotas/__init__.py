"""How much a partner's program may ask, from where on the web, and what it did ask."""
