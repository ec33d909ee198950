"""The warehouse: bronze, the load ledger, the quarantine, cursors; one file or a lake."""
