"""The entry point of the bundled app."""

import multiprocessing
import sys

from vae_gui.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
