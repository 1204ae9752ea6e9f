"""Every module that declares events, imported in one place: whoever needs all types imports this."""

from contracts import agencies, complaints, crisis, monitor, partners, registry, reintegration

MODULES = (agencies, complaints, crisis, monitor, partners, registry, reintegration)
