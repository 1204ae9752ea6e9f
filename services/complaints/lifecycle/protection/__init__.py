"""Restriction, breaking the glass, the audit of reads, retention."""
