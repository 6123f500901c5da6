"""How a challenge stands when a test of the team begins: a sponsor, a manager, nobody else."""

PEOPLE = """
person "Jo Baker", email="jo@programme.example"
person "Priya Shah", email="priya@programme.example"
person "Ruth Ellis", email="ruth@programme.example"
person "Helen Marsh", email="helen@exampleshire.example"
person "Sam Field", email="sam@exampleshire.example"
person "Tom Hale", email="tom@exampleshire.example"
person "Dana O'Neil", email="dana@saltmarsh.example"
person "Martin Reed", email="martin@northmere.example"
person "Amir Farah", email="amir@wexborough.example"
"""

BEGUN = (
    PEOPLE
    + """
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Helen as sponsor
Jo: confirm @Ruth from programme team as pcm
"""
)

READY = BEGUN + "Jo: ready\n"

CONFIRMED = (
    READY
    + """
Jo: confirm @Martin from northmere as lead peer
Jo: confirm @Dana from saltmarsh as peer for care leavers
Jo sees "Dana O'Neil is peer in Exampleshire"
"""
)
