"""What people create, in a database: SQLite by default, PostgreSQL through DATABASE_URL. SQL stays in here."""
