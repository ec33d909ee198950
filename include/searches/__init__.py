"""Saved searches: what is new for each is sent by an Airflow notifier, or kept as an Atom feed."""
