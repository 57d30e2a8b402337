"""``python -m howdah``: the command line."""

from howdah.surfaces.cli import main

if __name__ == "__main__":
    main()
