"""How fast the exchange is, beside other relays on the same broker."""
