"""Airflow connections turned into clients. Nothing here is imported while DAGs are parsed."""
