"""What a file says row by row: cut into records, judged, sealed, ready to be copied. It holds no connection and knows no import."""
