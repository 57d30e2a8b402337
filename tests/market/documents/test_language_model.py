"""A feed whose texts a language model reads beside the rules."""

import pytest
from model_server import answering, serving
from press_market import SURE, Clock, MakeMarket, waiting

from howdah.market.documents.tables import DocumentTables


@pytest.mark.usefixtures("real_reader")
def test_a_feed_may_ask_a_language_model(make: MakeMarket, clock: Clock) -> None:
    with serving(answering({"8.2 million": {"metric": "dau", "subject": "Pip"}})) as model:
        asked = f'llm = {{ url = "{model.url}", model = "toy" }}'
        market = make({"2024-11-14-a.txt": SURE}, documents=asked)
        (first,) = market.update()
    assert "toy at" in first.notes[1]
    assert "2 new answers, 0 kept from before" in first.notes[1]
    assert "1 otherwise than the rules" in first.notes[2]
    assert list(waiting(market)) == ["8.2 million"]
    # What was asked once is not asked again.
    clock.pass_days(1)
    (second,) = market.update()
    assert (second.appended.n_new, second.notes) == (0, ())


@pytest.mark.usefixtures("real_reader")
def test_a_text_without_an_answer_is_asked_about_again(
    make: MakeMarket, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_HTTP_ATTEMPTS", "1")
    with serving(answering({"8.2 million": {"metric": "dau"}})) as model:
        model.first = [(500, {}, b"no")] * 2
        asked = f'llm = {{ url = "{model.url}", model = "toy" }}'
        market = make({"2024-11-14-a.txt": SURE}, documents=asked)
        (first,) = market.update()
        assert "1 document read" in first.notes[0]
        assert first.notes[-1].startswith("read by rules alone: 1, the first articles/2024-11-14")
        clock.pass_days(1)
        (second,) = market.update()
        assert second.notes[-1].startswith("read by rules alone: 1")
        clock.pass_days(1)
        (third,) = market.update()
        assert "2 new answers" in third.notes[1]
        n_asked = len(model.bodies)
        clock.pass_days(1)
        (last,) = market.update()
        assert (len(model.bodies), last.notes) == (n_asked, ())
    # Of the update that failed again no reading is kept.
    assert DocumentTables(market.folder / "lake").readings.read().num_rows == 2
