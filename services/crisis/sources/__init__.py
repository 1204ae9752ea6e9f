"""Where warnings come from, how often each place is read, how far each message is trusted, and which country nobody speaks for."""
