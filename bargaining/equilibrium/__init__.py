"""What each side does without an agreement."""
