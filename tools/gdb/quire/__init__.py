# SPDX-License-Identifier: MIT
"""gdb commands for Quire: `help user-defined` lists the aliases, `q-help` these commands.

One mechanism a file. machine.py and kernel.py are the ground: how to see kernel memory at any
stop, and how to find the kernel's data.
"""
