"""Game files: reading, validating, writing, and the bundled library."""
