"""Design: the least change that breaks a deadlock, or keeps it."""
