"""What the players could sign, and what a deal must survive."""
