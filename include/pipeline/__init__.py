"""What the DAGs' tasks do. The DAG files only declare; these modules are imported in the tasks."""
