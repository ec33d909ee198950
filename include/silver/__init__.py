"""What dbt's Python models call: bronze payloads to silver rows."""
