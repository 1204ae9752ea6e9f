"""Every module that declares events, imported in one place: whoever needs all types imports this."""

from contracts import complaints, crisis

MODULES = (complaints, crisis)
