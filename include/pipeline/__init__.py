"""The work of the DAGs' tasks. DAG files only declare; tasks import these modules when they run."""
