import howdah.entities


def test_every_name_of_all_is_there_once() -> None:
    names = howdah.entities.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(howdah.entities, name) for name in names)
