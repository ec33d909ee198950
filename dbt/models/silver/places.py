"""Silver places: the tree of places that the reader uses (include/postings/places)."""


def model(dbt, session):
    """Return an Arrow table of all places, each with the places that it lies in."""
    dbt.config(materialized="table")
    from include.silver.places import read_tree

    return read_tree()
