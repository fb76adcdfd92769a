"""``python -m bargaining`` is the command line."""

from bargaining.cli import main

if __name__ == "__main__":
    main()
