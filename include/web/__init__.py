"""The web app that Airflow's API server serves under /techpulse."""
