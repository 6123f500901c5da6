"""What follows from scoping answers: the questions for each area, and the key lines of enquiry."""


def for_area(asks: str, area: str) -> str:
    """A question about one area: "about {area}" becomes "about front door", and "SEND" stays "SEND"."""
    begins_small = len(area) > 1 and area[1].islower()
    return asks.replace("{area}", area[0].lower() + area[1:] if begins_small else area)


def as_key_line(area: str, question: str) -> str:
    """A question as a key line, its area in front unless it is named there already."""
    if question.casefold().startswith(f"{area.casefold()}:"):
        return question
    return f"{area}: {question}"


def what_about_wording(text: str) -> str:
    """What is wanted of a wording: "keep", "split" or "reword"; "" where the text is a new wording."""
    return _WANTED.get(text.casefold().strip(" .!"), "")


_WANTED = {
    said: wanted
    for wanted in ("keep", "split", "reword")
    for said in (wanted, f"{wanted} it", f"{wanted} that", f"{wanted} them", f"{wanted} please")
}
