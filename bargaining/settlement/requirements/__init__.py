"""Requirements that a deal can be asked to survive, one file each."""
