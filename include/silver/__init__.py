"""Turn bronze payloads into silver rows; dbt's Python models call this package."""
