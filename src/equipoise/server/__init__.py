"""What runs on this machine and answers questions about a scenario while it is written."""
