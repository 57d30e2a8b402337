"""The built web app: files that the server hands out. Its sources are in ``web/``."""
