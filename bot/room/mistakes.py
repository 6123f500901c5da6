"""What a person at the room's page can ask wrongly."""


class Mistake(Exception):
    """Nothing was done. `sentence` says why to a person; `status` is the HTTP status it travels with."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
