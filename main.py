"""Start the app: `python main.py`."""

import sys

from vae_gui.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
