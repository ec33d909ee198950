"""Where data lies: staged files, the warehouse's bronze tables, the serving store."""
