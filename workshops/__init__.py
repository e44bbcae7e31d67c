"""An engagement: projects, people, what they ask for, and what follows from it."""
