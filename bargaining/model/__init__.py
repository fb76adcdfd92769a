"""The model: issues, links, agendas and deals, as frozen data."""
