"""Show that memory is bounded and time linear: ``python -m bench.scale --help``."""

from bench.scale.commands import main

if __name__ == "__main__":
    main()
