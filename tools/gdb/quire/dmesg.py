# SPDX-License-Identifier: MIT
"""q-dmesg: the kernel log, read from memory: it works when the machine can say nothing more."""
import re

import gdb

from quire import kernel
from quire.command import command, count
from quire.machine import NothingYet, read


def log_text():
    """Everything in the ring."""
    ring = kernel.variable("log_buf")
    size, address = ring.type.sizeof, int(ring.address)
    head, tail = int(kernel.variable("log_head")), int(kernel.variable("log_tail"))
    data = read(address, size)
    return bytes(data[i % size] for i in range(tail, head)).decode(errors="replace")


@command("q-dmesg")
def q_dmesg(lines=None):
    """q-dmesg [N]: the kernel log, or its last N lines.

    Unlike the console it holds every message, those too quiet for the console too.
    """
    nr = count(lines, "a number of lines") if lines else 0
    text = re.sub(r"^<\d>", "", log_text(), flags=re.M).splitlines()
    if not text:
        raise NothingYet("The log is empty: nothing has been printed yet")
    for line in text[-nr:]:
        gdb.write(line + "\n")
