"""The Flask app that Airflow's API server serves under /techpulse."""
