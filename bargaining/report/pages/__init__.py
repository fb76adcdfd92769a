"""Pages for people: the report, role-play sheets, lessons; each one self-contained HTML file."""
