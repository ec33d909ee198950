"""Questions to the serving store, and the contracts of their answers."""
