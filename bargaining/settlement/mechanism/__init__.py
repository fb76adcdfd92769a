"""Private information: what can be agreed when each side alone knows its own types."""
