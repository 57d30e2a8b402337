"""What `howdah review` and `howdah judge` answer: who is who, where names leave a doubt."""

from pathlib import Path

from howdah.core import Judgement
from howdah.core.errors import UnknownNameError
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted


def run(folder: Path | None, *, limit: int | None, as_json: bool) -> None:
    """Answer with the first `limit` pairs."""
    with opened(folder, "comparing names") as (market, _):
        pairs = market.review()
    shown = pairs[:limit]
    n_followed = sum(pair.is_followed for pair in pairs)
    if as_json:
        data = {"n_pairs": len(pairs), "n_followed": n_followed, "pairs": plain(shown)}
        write_json(data, market=market.folder)
        return

    screen = Screen()
    screen.heading(_title(len(pairs), n_followed))
    for n, pair in enumerate(shown, start=1):
        screen.blank()
        screen.text(f"{pair.left}  =?  {pair.right}", indent=4, first=f"{n}.", style="bold")
        screen.fields(
            [
                ("Followed", "yes" if pair.is_followed else ""),
                ("Same", f"match weight {pair.score.match_weight:+.1f} (log2 odds)"),
                ("Because", "; ".join(pair.score.reasons)),
            ],
            indent=4,
        )
    if pairs:
        screen.blank()
        if len(shown) < len(pairs):
            screen.text(
                f"and {counted(len(pairs) - len(shown), 'other pair')}; --limit 0 shows all"
            )
        left, right = pairs[0].left, pairs[0].right
        screen.text(f"Decide with: howdah judge {left} {right} same", hang=2)
        screen.text(
            "Weights order pairs; they are no frequencies. No claim is rewritten by a judgement, "
            "and a later one takes it back.",
            style="dim",
        )
    screen.write()


def _title(n_pairs: int, n_followed: int) -> str:
    if not n_pairs:
        return "Nothing to judge"
    touching = f", {n_followed:,} of them about what you follow" if n_followed else ""
    return f"{counted(n_pairs, 'pair')} to judge{touching}"


def judge(
    left: str, right: str, judgement: str, by: str, note: str, folder: Path | None, *, as_json: bool
) -> None:
    """Record a judgement and say so."""
    known = [str(known) for known in Judgement]
    if judgement not in known:
        raise UnknownNameError("judgement", judgement, known, hint=f"Give {', '.join(known)}.")
    with opened(folder, "recording the judgement") as (market, _):
        id_ = market.judge(left, right, Judgement(judgement), by=by, note=note)
    if as_json:
        data = {
            "judgement_id": id_,
            "left": left,
            "right": right,
            "judgement": judgement,
            "judged_by": by,
            "note": note,
        }
        write_json(data, market=market.folder)
        return

    screen = Screen()
    screen.text(f"Recorded {id_}: {left} and {right} are {_verdict(judgement)}, by {by}.")
    screen.text("Findings and estimates follow it from the next read on.")
    screen.write()


def _verdict(judgement: str) -> str:
    return {"same": "the same", "different": "different", "unsure": "not decided"}[judgement]
