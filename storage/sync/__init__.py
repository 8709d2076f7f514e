"""How desks meet: the batch format, the folder hub, the exchange and its schedule."""
