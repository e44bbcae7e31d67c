"""Choose: shortlist, comparison, and how sure the order is."""
