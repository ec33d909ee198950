"""Airflow and the bundle on one machine, without Docker: what the Makefile calls."""
