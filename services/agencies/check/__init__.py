"""What anybody may look up before they pay: licensed or not, the lawful ceiling, how to report; and the register as open data."""
