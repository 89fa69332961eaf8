"""Start the app: `python main.py`."""

import sys

from vae_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
