"""Coroutines run to their end, whatever else the process of the tests has running."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[object, object, T]) -> T:
    """What a coroutine returns, from a loop in a thread of its own.

    The browser of other tests keeps a loop running in the main thread until the process ends, and
    a thread has one running loop at most.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
