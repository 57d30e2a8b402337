"""An endpoint: a server of a language model that answers OpenAI's chat completions.

A question is one request, tried again while the server is busy or failing, bounded in time and
size. What comes back is an answer in full or an error: an empty, broken or foreign body is never
taken for one. The key, if any, is read when it is sent, from the environment, and kept nowhere.
"""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx2
import stamina

from howdah.core import settings
from howdah.core.errors import InputError, TerminalModelError, TransientModelError
from howdah.sources.retrying import RETRIED, wait_as_asked

#: Environment variable of the key where no feed spec names another.
KEY_VARIABLE = "HOWDAH_LLM_KEY"

_PATH = "/chat/completions"
_MOST_BYTES = 4_000_000
_CHUNK = 1 << 16
_MOST_TOKENS = 10**12

#: Refusals that every other question would meet with too.
_GENERAL = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered.

    Attributes
    ----------
    text
        The message, as it was sent.
    tokens_in, tokens_out
        Tokens read and written as the server counts them, None where it does not.
    """

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked.

    Attributes
    ----------
    url
        Base of the interface, as ``http://localhost:8080/v1``.
    model
        Name of the model there.
    key_variable
        Environment variable that holds the key; none is sent where it is not set.

    Raises
    ------
    InputError
        The URL is none, or holds what does not belong in it.
    """

    url: str
    model: str
    key_variable: str = KEY_VARIABLE

    def __post_init__(self) -> None:
        """Refuse an address that could not be asked, or would show a secret."""
        if not self.model.strip():
            raise InputError("The language model has no name. Give --llm-model NAME.")
        try:
            url = httpx2.URL(self.url)
        except httpx2.InvalidURL:
            url = httpx2.URL("")
        if url.scheme not in {"http", "https"} or not url.host:
            raise InputError(
                "The address of the language model is no http(s) URL. Give the base of its "
                "interface, as http://localhost:8080/v1."
            )
        if url.userinfo or url.query or url.fragment:
            raise InputError(
                f"The address of the language model at {url.host} holds more than a path. A key "
                f"goes into the environment variable {self.key_variable}."
            )

    @property
    def server(self) -> str:
        """Host and port, for people."""
        return httpx2.URL(self.url).netloc.decode("ascii")

    def ask(self, question: bytes) -> Reply:
        """Send a question, a JSON object, and return the answer.

        Raises
        ------
        TransientModelError
            The server kept failing, kept asking to wait, or broke off.
        TerminalModelError
            The server refused, or answered with something else than a chat completion.
        """
        headers = {"User-Agent": "howdah", "Content-Type": "application/json", **self._secret()}
        attempts = int(settings.get_number("http_attempts"))
        for attempt in stamina.retry_context(
            on=TransientModelError, attempts=attempts, wait_initial=0.2, wait_max=20.0, timeout=None
        ):
            with attempt:
                return self._attempt(question, headers)
        raise AssertionError("the retry loop returns or raises")

    def _attempt(self, question: bytes, headers: Mapping[str, str]) -> Reply:
        seconds = settings.get_number("llm_timeout_seconds")
        ends = time.monotonic() + seconds
        base = self.url.rstrip("/")
        address = base if base.endswith(_PATH) else base + _PATH
        try:
            with (
                httpx2.Client(timeout=seconds, verify=self._trust) as client,
                client.stream("POST", address, content=question, headers=headers) as response,
            ):
                self._check(response)
                return self._reply(self._body(response, ends))
        except httpx2.HTTPError as error:
            # Its text may hold the question; its kind tells enough.
            kind = type(error).__name__
            raise TransientModelError(self.server, f"it did not answer in full ({kind}).") from None

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return httpx2.create_ssl_context()

    def _secret(self) -> dict[str, str]:
        key = (settings.secret(self.key_variable) or "").strip()
        if not key:
            return {}
        if not (key.isascii() and key.isprintable()):
            raise TerminalModelError(
                self.server,
                f"the key in {self.key_variable} holds characters that a header cannot.",
                is_general=True,
            )
        return {"Authorization": f"Bearer {key}"}

    def _check(self, response: httpx2.Response) -> None:
        code = response.status_code
        if code in RETRIED:
            wait_as_asked(response)
            raise TransientModelError(self.server, f"it answered {code}.")
        if code in {401, 403}:
            remedy = f" Set its key in the environment variable {self.key_variable}."
        elif code in _GENERAL:
            remedy = (
                " Check the model's name, and the address: the base of its interface, as "
                "http://localhost:8080/v1."
            )
        else:
            remedy = ""
        if code != httpx2.codes.OK:
            raise TerminalModelError(
                self.server, f"it answered {code}.{remedy}", is_general=code in _GENERAL
            )

    def _body(self, response: httpx2.Response, ends: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes(_CHUNK):
            body += chunk
            if len(body) > _MOST_BYTES:
                raise TerminalModelError(
                    self.server, f"its answer is larger than {_MOST_BYTES / 1e6:g} MB."
                )
            if time.monotonic() > ends:
                raise TransientModelError(
                    self.server, "it took too long to answer (HOWDAH_LLM_TIMEOUT_SECONDS)."
                )
        if not body.strip():
            raise TransientModelError(self.server, "it sent an empty answer.")
        return bytes(body)

    def _reply(self, body: bytes) -> Reply:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            # A body that was cut and a page of a gateway look the same.
            raise TransientModelError(self.server, "its answer is no JSON.") from None
        text = _message(told)
        if not text:
            raise TerminalModelError(self.server, "its answer holds no message.")
        usage = told.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return Reply(text, _count(counts, "prompt_tokens"), _count(counts, "completion_tokens"))


def _message(told: Any) -> str:  # noqa: ANN401 - anything that JSON holds
    """The first choice's text, "" where there is none."""
    try:
        text = told["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        return ""
    # Half of a pair of surrogates is no character, and can be written nowhere.
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else ""


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    number = usage.get(name)
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 0 <= number < _MOST_TOKENS else None
