"""How a program of a partner comes to sign in: its clients in the identity provider, which follow what is true here."""
