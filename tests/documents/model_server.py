"""A server in this process that answers chat completions, by a rule or as it is told."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: A line of a task that tells of one number.
_QUESTION = re.compile(r"^(n\d+): (\{.*\})$", re.MULTILINE)

#: What a rule makes of the name of a task and its text: the message.
Rule = Callable[[str, str], str]

#: Status, headers and body of an answer that is told in full.
Raw = tuple[int, dict[str, str], bytes]


class ModelServer:
    """Answers by a rule, after the answers that it is told to give first.

    Attributes
    ----------
    rule
        Makes the message.
    first
        Answers that come before those of the rule.
    bodies, headers, paths
        Of the requests that came.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.first: list[Raw] = []
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.bodies.append(json.loads(body))
                outer.headers.append({k.lower(): v for k, v in self.headers.items()})
                outer.paths.append(self.path)
                status, headers, answer = outer.answer(outer.bodies[-1])
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks that came."""
        return [body["response_format"]["json_schema"]["name"] for body in self.bodies]

    def answer(self, body: dict[str, Any]) -> Raw:
        """The next answer to a request."""
        if self.first:
            return self.first.pop(0)
        name = body["response_format"]["json_schema"]["name"]
        content = self.rule(name, body["messages"][-1]["content"])
        usage = {"prompt_tokens": len(str(body["messages"])), "completion_tokens": len(content)}
        return 200, {}, completion(content, usage=usage)

    def stop(self) -> None:
        """Answer no more."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(rule: Rule) -> Iterator[ModelServer]:
    """A server for the time of a block."""
    server = ModelServer(rule)
    try:
        yield server
    finally:
        server.stop()


def completion(content: str, **more: object) -> bytes:
    """The body of a chat completion."""
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"index": 0, "message": message}], **more}).encode()


def answering(
    wanted: dict[str, dict[str, str]] | None = None,
    proposals: list[dict[str, str]] | None = None,
) -> Rule:
    """A rule: choose what is wanted of each number and propose what is given, once.

    Parameters
    ----------
    wanted
        By the number as it stands in the text, what the label of the right alternative of a field
        begins with; of others the only alternative is chosen, or none.
    """
    left = list(proposals or [])

    def rule(name: str, text: str) -> str:
        if name == "proposals":
            told, left[:] = [*left], []
            return json.dumps({"claims": told})
        chosen = {}
        for match in _QUESTION.finditer(text):
            told = json.loads(match[2])
            want = (wanted or {}).get(told["number"], {})
            chosen[match[1]] = {
                field: _pick(told[field], want.get(field))
                for field in ("metric", "subject", "period")
                if field in told
            }
        return json.dumps(chosen)

    return rule


def _pick(labels: dict[str, str], wanted: str | None) -> int:
    if wanted is not None:
        return next(int(n) for n, label in labels.items() if label.startswith(wanted))
    return 1 if len(labels) == 2 else 0
