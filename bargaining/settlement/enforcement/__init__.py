"""What keeps a deal alive: temptations, reversion, and how much tomorrow must weigh."""
