#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turn the output of `make -Bn V=1` into a compile_commands.json for clangd and other tools."""
import json
import os
import re
import sys

COMPILE = re.compile(r"^\S*(gcc|clang)\b.* -c (\S+\.[cS]) -o (\S+)$")


def main():
    entries = []
    for line in sys.stdin:
        m = COMPILE.match(line.strip())
        if m and not m[2].startswith("build/"):
            entries.append({"directory": os.getcwd(), "file": m[2], "output": m[3],
                            "command": line.strip()})
    json.dump(entries, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
