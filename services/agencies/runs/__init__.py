"""The process from a computed to a published class: run, notice, reply, second pair of eyes, publication, review, correction."""
