"""Who may do what, the journal, and what is stored about people."""
