"""Backup, compaction, move, copy, retention."""
