"""The arithmetic: tables in, results that keep their working out. Imports none of the other packages."""
