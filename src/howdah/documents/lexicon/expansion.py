"""Alternatives in a pattern of words: {a,b} stands for either, and an empty one for nothing."""

import re

_INNERMOST = re.compile(r"\{([^{}]*)\}")


def expand(pattern: str) -> tuple[str, ...]:
    """All texts that a pattern stands for, each once.

    Raises
    ------
    ValueError
        A brace without its other half.

    Examples
    --------
    >>> expand("daily {user,reader}{,s}")
    ('daily user', 'daily users', 'daily reader', 'daily readers')
    """
    found = _INNERMOST.search(pattern)
    if found is None:
        if "{" in pattern or "}" in pattern:
            raise ValueError(f"{pattern!r}: a brace has no other half. Write {{a,b}}.")
        return (pattern,)
    head, tail = pattern[: found.start()], pattern[found.end() :]
    texts = [text for option in found[1].split(",") for text in expand(f"{head}{option}{tail}")]
    return tuple(dict.fromkeys(texts))
