# SPDX-License-Identifier: MIT
"""Everything gdb sources: import the modules, each of which registers its commands."""
import os
import sys

import gdb

sys.dont_write_bytecode = True      # a checkout stays as it was
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from quire import (buddy, control, dmesg, locks, lru, pages, printers, rmap, slab, swap,  # noqa
                   symbols, tasks, trap, userprog, vma, walk)
from quire.command import command  # noqa: E402

COMMANDS = ("q-ps", "q-vma", "q-walk", "q-page", "q-rmap", "q-lru", "q-buddy", "q-slab", "q-swap",
            "q-trap", "q-locks", "q-dmesg", "k", "ub", "out", "see-traps", "q-reset", "q-symbols",
            "q-userdir")


@command("q-help", kernel_memory=False)
def q_help():
    """q-help: what these commands are. `help COMMAND` tells more."""
    for name in COMMANDS:
        gdb.write(gdb.execute("help " + name, to_string=True).split("\n", 1)[0] + "\n")
