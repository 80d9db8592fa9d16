"""The command line: `digestbot`, or `python -m bot`."""

from bot.cli import digestbot


def main() -> None:
    """Run the command that was typed."""
    digestbot(prog_name="digestbot")


if __name__ == "__main__":
    main()
