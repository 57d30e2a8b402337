"""The folder of a panel feed: its key, its hashed logs, and the words counted from them."""

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path

from howdah.claims.archive import digest_of
from howdah.panels.state import FORMAT
from howdah.sources import PanelLog

_BASIS = "basis.json"


class PanelFolder:
    """What is kept of a panel under the lake: ``key``, ``log/``, ``state/`` and ``basis.json``.

    The key is made once; with another one all logs would be of other units. ``basis.json`` says
    of which panel and options the state is, so that one that no longer serves is made anew.
    """

    def __init__(self, lake: Path, feed: str) -> None:
        self.path = lake / "panels" / feed
        self.log = self.path / "log"
        self.state = self.path / "state"

    def key(self) -> str:
        """The key by which ids are hashed."""
        path = self.path / "key"
        if not path.exists():
            self.log.mkdir(parents=True, exist_ok=True)
            partial = self.path / ".key.partial"
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(16))
                file.flush()
                os.fsync(file.fileno())
            partial.rename(path)
        return path.read_text(encoding="ascii")

    def kept(self, sha256: str, panel: PanelLog) -> Path:
        """Where the hashed form of a log is, or will be; it depends on how its columns are read."""
        read = panel.model_dump(include={"unit", "product", "day", "ts", "time_zone"})
        how = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()
        return self.log / f"{sha256[:32]}-{how[:8]}.parquet"

    def basis(self, panel: PanelLog, files: tuple[Path, Path] | None) -> dict[str, object]:
        """What a state depends on besides the logs."""
        read = panel.model_dump(include={"unit", "product", "day", "ts", "time_zone"})
        named = (
            {} if files is None else {"roster": digest_of(files[0]), "strata": digest_of(files[1])}
        )
        return {**read, **named, "format": FORMAT}

    def serves(self, basis: dict[str, object]) -> bool:
        """Whether the state that there is can be added to."""
        path = self.path / _BASIS
        if not (path.is_file() and self.state.is_dir()):
            return False
        return bool(json.loads(path.read_text(encoding="utf-8")) == basis)

    def drop_state(self) -> None:
        """Remove a state that does not serve."""
        (self.path / _BASIS).unlink(missing_ok=True)
        shutil.rmtree(self.state, ignore_errors=True)

    def keep_basis(self, basis: dict[str, object]) -> None:
        """Say what the state that was just written depends on."""
        partial = self.path / f".{_BASIS}.partial"
        partial.write_text(json.dumps(basis, sort_keys=True), encoding="utf-8")
        partial.rename(self.path / _BASIS)
