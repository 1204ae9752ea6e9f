"""Keycloak's realm as code."""
