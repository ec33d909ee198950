"""A whole cluster on one machine: real services, Airflow's processes apart, all on loopback.

For the tests and measurements of what runs on many machines; nothing of it is for production.
"""
