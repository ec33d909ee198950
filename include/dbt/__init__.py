"""dbt in Airflow: project and environment, Cosmos tasks, preloading before the fork."""
