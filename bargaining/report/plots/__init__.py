"""Pictures, one idea per file; none needs a display, and none leaves a trace in Matplotlib."""
