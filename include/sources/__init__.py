"""The sources: how each is requested and how its records are parsed."""
