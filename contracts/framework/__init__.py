"""The Migration Governance Framework as facts (`register`) and what counts as evidence for it (`activity_map`)."""
