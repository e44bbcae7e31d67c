"""What a CRM can be asked to do: the yearly map of single functions, each with five written levels."""
