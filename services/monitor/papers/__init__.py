"""Papers that show what was reported, told, returned or answered: kept with us, read by anybody once a record names them."""
