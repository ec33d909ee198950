"""Small state that outlives a process: budgets, locks, lists."""
