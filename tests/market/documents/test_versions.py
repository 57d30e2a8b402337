"""Versions of articles, names that become known, a server, withdrawals.

All names and figures are made up.
"""

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from press_market import (
    CATALOGUE,
    SURE,
    Clock,
    MakeMarket,
    dau,
    read_passages,
    trail_of,
    write,
)

from howdah.claims import read_claims
from howdah.core.calendar import end_of_day
from howdah.core.errors import UnknownNameError
from howdah.engines import connect
from howdah.market import Market

# Versions of a document, and dates


def test_a_corrected_article_is_a_new_version(make: MakeMarket, clock: Clock) -> None:
    market = make({"2024-11-14-a.txt": f"{SURE} It rained."})
    market.update()
    (old,) = trail_of(market, "Pip").claims
    clock.pass_days(3)
    write(market.folder, {"2024-11-14-a.txt": f"{SURE.replace('8.2', '7.9')} It rained."})
    (done,) = market.update()
    assert done.appended.n_new == 1
    assert dau(market, "Pip") == [("2024-10", 7.9e6)]
    assert dau(market, "Pip", dt.date(2025, 1, 10)) == [("2024-10", 8.2e6)]
    (gone,) = market.trail(old.statement.claim_id).claims
    assert gone.withdrawn_at is not None
    assert gone.withdrawn_at.date() == clock.now.date()
    assert [p.outcome for p in gone.passages] == ["not in the document any more"]
    assert len(market.show("Pip").passages) == 1


def test_a_sentence_that_is_taken_out_takes_its_claim_along(make: MakeMarket, clock: Clock) -> None:
    market = make({"2024-11-14-a.txt": SURE})
    market.update()
    clock.pass_days(1)
    write(market.folder, {"2024-11-14-a.txt": "It rained."})
    market.update()
    assert dau(market, "Pip") == []
    clock.pass_days(1)
    write(market.folder, {"2024-11-14-a.txt": SURE})
    market.update()
    assert dau(market, "Pip") == [("2024-10", 8.2e6)]
    days = [dt.date(2025, 1, day) for day in (10, 11, 12)]
    assert [len(dau(market, "Pip", day)) for day in days] == [1, 0, 1]


def test_a_claim_of_two_documents_stays_while_one_makes_it(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": SURE, "2024-11-14-b.txt": f"{SURE} Again."})
    market.update()
    (claim,) = trail_of(market, "Pip").claims
    assert len(claim.passages) == 2
    write(market.folder, {"2024-11-14-a.txt": "It rained."})
    market.update()
    assert dau(market, "Pip") == [("2024-10", 8.2e6)]


def test_dates_of_publication_and_recording_are_kept_apart(make: MakeMarket, clock: Clock) -> None:
    market = make({"2024-11-14-a.txt": SURE})
    market.update()
    assert dau(market, "Pip", dt.date(2025, 1, 9)) == []
    assert market.show("Pip", "2025-01-09").passages == ()
    (claim,) = trail_of(market, "Pip").claims
    assert (claim.recorded_at.date(), claim.replayed) == (clock.now.date(), False)


def test_a_replay_knows_an_article_since_its_day(make: MakeMarket, clock: Clock) -> None:
    market = make({"2024-11-14-a.txt": SURE}, more="replay = true")
    market.update()
    assert dau(market, "Pip", dt.date(2024, 11, 13)) == []
    assert dau(market, "Pip", dt.date(2024, 11, 14)) == [("2024-10", 8.2e6)]
    assert market.show("Pip", "2024-11-14").passages[0].quote == SURE
    # A later version was known when it came, not on the day of the first.
    write(market.folder, {"2024-11-14-a.txt": SURE.replace("8.2", "7.9")})
    market.update()
    assert dau(market, "Pip", clock.now.date()) == [("2024-10", 7.9e6)]
    assert dau(market, "Pip", dt.date(2024, 12, 1)) == [("2024-10", 8.2e6)]


# Names


def test_an_unknown_name_is_proposed_and_read_once_it_is_known(
    make: MakeMarket, clock: Clock
) -> None:
    text = SURE.replace("Pip", "Quillmark Labs")
    market = make({"2024-11-14-a.txt": text, "2024-11-15-b.txt": "It rained."})
    market.update()
    (name,) = market.passages().names
    assert (name.name, name.n_documents, name.quote) == ("Quillmark Labs", 1, text)
    with pytest.raises(UnknownNameError):
        market.show("Quillmark Labs")
    clock.pass_days(1)
    catalogue = market.folder / name.naming.file
    catalogue.write_text(f"{CATALOGUE}{name.naming.line}\n", encoding="utf-8")
    market = Market(market.folder, now=clock)
    (done,) = market.update()
    # The text without the name is not read again.
    assert done.notes == ("1 document read: 1 claimed.",)
    assert dau(market, "Quillmark Labs") == [("2024-10", 8.2e6)]
    assert market.passages().names == ()


def test_what_may_be_about_somebody_unknown_waits(make: MakeMarket) -> None:
    stranger = "Quillmark Labs had 2 million daily active users in October 2024."
    market = make({"2024-11-14-a.txt": f"{SURE} {stranger}"})
    market.update()
    assert dau(market, "Pip") == [("2024-10", 8.2e6)]
    assert "2 million" not in [p.pieces()[1] for p in market.show("Pip").passages]


def test_whom_no_name_means_alone_is_not_taken_for_another(make: MakeMarket) -> None:
    market = make({"2024-11-14-a.txt": SURE})
    # By the rule of names "Pip" means the company; the sentence is about the product.
    bare = CATALOGUE.replace("皮普", "")
    catalogue = f"{bare}Pip,company,,,,,,\n"
    (market.folder / "entities" / "catalogue.csv").write_text(catalogue, encoding="utf-8")
    market.update()
    (row,) = read_passages(market)
    assert row["subject"] == "pip-product"
    assert market.passages().counts == {"about 'pip-product', whom no name means alone": 1}
    own = f"{bare.replace('Pip,product,Larkwise,', 'Pip,product,Larkwise,皮普')}Pip,company,,,,,,\n"
    (market.folder / "entities" / "catalogue.csv").write_text(own, encoding="utf-8")
    market = Market(market.folder)
    market.update()
    assert dau(market, "pip-product") == [("2024-10", 8.2e6)]


# A server


ENTRY = """<entry><title>{title}</title><link href="http://ledger.example/{n}"/>
<id>tag:{n}</id><published>2024-11-{day:02}T08:00:00Z</published>
<content type="html">&lt;p&gt;{text}&lt;/p&gt;</content></entry>"""


def atom(*entries: tuple[int, int, str]) -> bytes:
    body = "".join(
        ENTRY.format(title=f"News {n}", n=n, day=day, text=text) for n, day, text in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>The Wire</title>{body}</feed>"
    ).encode()


@pytest.fixture
def server() -> Iterator["Served"]:
    made = Served()
    yield made
    made.stop()


class Served:
    """A feed on this machine that knows its own version."""

    def __init__(self) -> None:
        self.body = b""
        self.etag = ""
        self.answered: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_known = self.headers.get("If-None-Match") == outer.etag
                outer.answered.append(304 if is_known else 200)
                self.send_response(outer.answered[-1])
                self.send_header("ETag", outer.etag)
                self.send_header("Content-Length", "0" if is_known else str(len(outer.body)))
                self.end_headers()
                if not is_known:
                    self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/feed.xml"

    def gives(self, etag: str, body: bytes) -> None:
        self.etag, self.body = etag, body

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def test_a_feed_by_url_is_asked_for_news_only_and_its_entries_have_versions(
    make: MakeMarket, clock: Clock, server: Served
) -> None:
    server.gives('"1"', atom((1, 14, SURE)))
    market = make({}, path=server.url, source="", more="http.private = true")
    (first,) = market.update()
    assert first.appended.n_new == 1
    clock.pass_days(1)
    (nothing,) = market.update()
    assert (nothing.files, nothing.appended.n_new, server.answered) == (0, 0, [200, 304])
    (passage,) = market.show("Pip").passages
    assert (passage.publication, passage.link) == ("The Wire", "http://ledger.example/1")
    # A new entry comes first; the old one is not read again.
    server.gives('"2"', atom((2, 20, SURE.replace("October", "September")), (1, 14, SURE)))
    (second,) = market.update()
    assert (second.appended.n_new, second.notes) == (1, ("1 document read: 1 claimed.",))
    # The same address with another text is another version of it.
    clock.pass_days(1)
    server.gives('"3"', atom((1, 14, SURE.replace("8.2", "7.9"))))
    market.update()
    assert dau(market, "Pip") == [("2024-09", 8.2e6), ("2024-10", 7.9e6)]


def test_a_failing_server_leaves_the_documents_as_they_were(
    make: MakeMarket, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_HTTP_ATTEMPTS", "1")
    server.gives('"1"', atom((1, 14, SURE)))
    market = make({}, path=server.url, source="", more="http.private = true")
    market.update()
    server.stop()
    (done,) = market.update()
    assert done.error
    assert dau(market, "Pip") == [("2024-10", 8.2e6)]


# Withdrawals in the store


def test_what_is_withdrawn_is_read_as_of_dates_before(make: MakeMarket, clock: Clock) -> None:
    market = make({"2024-11-14-a.txt": SURE})
    market.update()
    store = market._ws.store
    (claim,) = store.claims.read()["claim_id"].to_pylist()
    first = clock.now
    clock.pass_days(1)
    store.withdrawals.append([claim], [], clock.now)
    store.withdrawals.append([], [], clock.now)
    second = clock.now
    clock.pass_days(1)
    store.withdrawals.append([], [claim], clock.now)
    with connect() as engine:
        for instant, n in ((first, 1), (second, 0), (clock.now, 1), (None, 1)):
            read = read_claims(engine, store, as_of=instant).read_all()
            assert read.num_rows == n
    assert store.withdrawals.standing(second) == {claim: second}
    assert store.withdrawals.standing(end_of_day(clock.now.date())) == {}


def test_a_claim_that_its_text_does_not_make_any_more_is_told(
    make: MakeMarket, clock: Clock
) -> None:
    market = make({"2024-11-14-a.txt": SURE})
    market.update()
    (claim,) = trail_of(market, "Pip").claims
    clock.pass_days(1)
    write(market.folder, {"2024-11-14-a.txt": "It rained."})
    (done,) = market.update()
    id_ = claim.statement.claim_id
    assert done.notes[1:] == (
        f"1 claim is withdrawn, since no text makes it so any more: howdah trail {id_[:10]}.",
    )
    (gone,) = market.trail(id_[:10]).claims
    assert gone.withdrawn_at is not None


def test_a_renamed_file_takes_its_faults_along(make: MakeMarket, clock: Clock) -> None:
    market = make({"undated.txt": SURE, "copy.txt": SURE})
    market.update()
    clock.pass_days(1)
    undated = market.folder / "articles" / "undated.txt"
    undated.rename(undated.with_name("2024-11-14-news.txt"))
    market.update()
    (mended,) = [row for row in market.quarantine() if row["mended_at"] is not None]
    (still,) = [row for row in market.quarantine() if row["mended_at"] is None]
    assert mended["quarantine_id"] != still["quarantine_id"]
    # The copy of the same bytes has still no day.
    copy = market.folder / "articles" / "copy.txt"
    clock.pass_days(1)
    copy.unlink()
    market.update()
    assert all(row["mended_at"] is not None for row in market.quarantine())
