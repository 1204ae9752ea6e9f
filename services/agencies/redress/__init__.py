"""What follows a publication: review by another office, and correction of what the evidence no longer bears out."""
