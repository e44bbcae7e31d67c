"""Words, colours and marks that everything shown shares. Only pages, page widgets, charts and documents import it."""
