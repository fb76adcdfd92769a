"""What coalitions of players can reach, and how the gains of all could be divided among them."""
