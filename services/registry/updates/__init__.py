"""What a file says newly of somebody who is known: shown beside the record, taken over or left by a person."""
