"""What each product does and costs: one edition of rated CRM products a year."""
