"""What a scene may hold: nothing that was recorded or published after its date."""

import datetime as dt

from howdah.core.calendar import end_of_day
from howdah.core.errors import LookAheadError
from howdah.signals.scene import Scene


def require_known(scene: Scene) -> Scene:
    """The scene, unless it holds a claim of after its date.

    Raises
    ------
    LookAheadError
        Something in it was recorded or published later.
    """
    instant = end_of_day(scene.as_of)
    for rows in (scene.observations, scene.events):
        for name in ("recorded_at", "published_at"):
            newest = rows[name].max()
            if isinstance(newest, dt.datetime) and newest > instant:
                raise LookAheadError("A claim", scene.as_of, newest.date())
    return scene
