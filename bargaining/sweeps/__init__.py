"""Phase diagrams: the same questions asked of many games that differ in a few numbers."""
