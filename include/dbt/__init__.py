"""How dbt runs: its project and environment, its tasks, its imports before the fork."""
