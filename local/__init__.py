"""Airflow with the bundle on one machine, without Docker; the Makefile calls it."""
