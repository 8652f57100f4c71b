"""``python -m tagwire`` is the ``tagwire`` command."""

from tagwire.cli import main

if __name__ == "__main__":
    main()
