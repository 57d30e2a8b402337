"""What reading a document costs: CPU milliseconds for a usual one of each format, and the limit.

python benchmarks/reading/run.py [--limit]
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from howdah.core import settings
from howdah.documents.reading import read_documents

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "documents"))
from pdf_files import write_pdf

ENGLISH = (
    "The company had 7.6 million daily users in March, a third more than a year before, "
    "and expects revenue of £53m to £54m for the quarter, its chief executive said. "
)
CHINESE = (
    "数据机构发布的报告显示，去年12月，该应用日均活跃用户约760万，环比增长5%，同期对手为412万。"
)
N_PARAGRAPHS, N_ROUNDS = 20, 30


def page(sentence: str, n_paragraphs: int = N_PARAGRAPHS) -> str:
    """A page as sites make them: menus, styles, scripts, nested elements, a table."""
    menu = "".join(
        f'<li class="menu-item item-{n}"><a class="link" href="/section/{n}?ref=top">'
        f"Section {n}</a></li>"
        for n in range(60)
    )
    paragraphs = "\n".join(
        f'<p class="text" data-n="{n}">{sentence} <a href="/c/{n}">Pellamy</a> &amp; <b>Moss</b>, '
        f"{sentence}</p>"
        for n in range(n_paragraphs)
    )
    rows = "".join(f"<tr><td>App {n}</td><td>{n}.5</td><td>{n}%</td></tr>" for n in range(15))
    teasers = "".join(
        f'<div class="card"><a href="/t/{n}"><img src="/{n}.jpg">'
        f"<h3>Teaser {n} of 40</h3></a></div>"
        for n in range(40)
    )
    script = "window.data = {" + ",".join(f'"k{n}": {n}' for n in range(800)) + "};"
    return (
        f"<!DOCTYPE html><html><head><title>Growth | Gazette</title><script>{script}</script>"
        f"<style>{'.a{color:red}' * 400}</style><meta name=date content=2025-03-04></head><body>"
        f'<header><nav><ul class="menu">{menu}</ul></nav></header><div id="page"><div class="wrap">'
        f"<article><h1>Growth</h1>{paragraphs}<table><tr><th>App</th><th>Users (m)</th><th>Growth"
        f'</th></tr>{rows}</table></article><div class="sidebar">{teasers}</div></div></div>'
        f"<footer><ul>{menu}</ul></footer><script>{script * 3}</script></body></html>"
    )


def cases() -> Iterator[tuple[str, str, bytes]]:
    """Name, file name and bytes of a usual document of each format."""
    for lang, sentence in (("English", ENGLISH), ("Chinese", CHINESE)):
        text = "\n\n".join(sentence * 2 for _ in range(N_PARAGRAPHS))
        yield f"text, {lang}", "a.txt", text.encode()
        yield f"page, {lang}", "a.html", page(sentence).encode()
        lines = [
            (60, 780 - 16 * n, 11, sentence[:80] if lang == "English" else sentence[:40])
            for n in range(45)
        ]
        yield f"PDF of 5 pages, {lang}", "a.pdf", write_pdf([lines] * 5)
        mail = EmailMessage()
        mail["From"], mail["Date"] = "a@b.example", "Tue, 04 Mar 2025 09:00:00 +0000"
        mail.set_content(text)
        yield f"mail, {lang}", "a.eml", mail.as_bytes()
    item = f"<item><title>One</title><description>{'&lt;p&gt;' + ENGLISH}</description></item>"
    yield (
        "feed of 50 entries",
        "a.xml",
        f"<rss><channel><title>G</title>{item * 50}</channel></rss>".encode(),
    )
    yield "GB18030 text", "a.txt", (CHINESE * 40).encode("gb18030")


def cpu_ms(run: Callable[[], object], n_rounds: int) -> float:
    """CPU milliseconds of one run, the least of some rounds."""
    times = []
    for _ in range(n_rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return 1e3 * min(times)


def main() -> None:
    """Print the table, or with --limit the cost of the largest files that are read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", action="store_true")
    asked = parser.parse_args()
    size = int(settings.get_number("max_document_mb") * 0.99e6)
    with TemporaryDirectory() as folder:
        if not asked.limit:
            for name, file_name, data in cases():
                path = Path(folder, file_name)
                path.write_bytes(data)
                spent = cpu_ms(lambda path=path: read_documents(path), N_ROUNDS)
                print(f"{name:24} {len(data) / 1e3:7.1f} kB {spent:8.2f} ms")
            return
        for name, piece in (("page", page(ENGLISH, 2000)), ("text", ENGLISH * 3 + "\n\n")):
            path = Path(folder, "a.html" if name == "page" else "a.txt")
            path.write_text((piece * (size // len(piece.encode()) + 1))[: size - size // 50])
            spent = cpu_ms(lambda path=path: read_documents(path), 1)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
            print(
                f"{name:24} {path.stat().st_size / 1e6:7.1f} MB {spent / 1e3:8.1f} s, {peak:.0f} MB"
            )


if __name__ == "__main__":
    main()
