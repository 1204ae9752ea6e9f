"""Consent to share what is known of a complaint, per purpose and recipient."""
