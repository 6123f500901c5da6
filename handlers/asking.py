"""One question at a time, in plain conversation: scoping and questionnaires are both such a series."""
