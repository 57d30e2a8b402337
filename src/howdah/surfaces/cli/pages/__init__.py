"""The answers of the command line: one module a page, each with what it prints and its JSON."""
