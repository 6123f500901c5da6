"""python -m bot is the command `critical-friend`."""

from bot.cli import main

if __name__ == "__main__":
    main()
