"""How fast the bot is, beside the floor of its own libraries: `python -m bench`."""
