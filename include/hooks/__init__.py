"""Create clients from Airflow connections. Not imported while DAGs are parsed."""
