"""Pages on which an office brings a file of many persons and another person releases it."""
