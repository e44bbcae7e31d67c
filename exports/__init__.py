"""What the client takes home."""
