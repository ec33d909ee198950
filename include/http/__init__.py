"""HTTP: the retrying client, its deadlines and rate limits."""
