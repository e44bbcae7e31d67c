"""Workshop: the projector, the phones and the list of requirements."""
