# SPDX-License-Identifier: MIT
"""What the commands have in common."""
import json
import pathlib
import sys

from . import files, spec

TOP = pathlib.Path(__file__).resolve().parents[3]


def die(message, status=1):
    print("labs: %s" % message, file=sys.stderr)
    raise SystemExit(status)


def state(top=TOP):
    """The state of a starter tree, or {} in the project itself."""
    path = top / files.STATE
    return json.loads(path.read_text(encoding="ascii")) if path.exists() else {}


def save_state(data, top=TOP):
    (top / files.STATE).write_text(json.dumps(data, indent=1) + "\n", encoding="ascii")


def lab_of(name, top=TOP):
    """The lab that was asked for, or the one of this starter tree."""
    name = name or state(top).get("lab")
    if not name:
        die("which lab? say LAB=%s" % (" or LAB=".join(spec.lab_names(top)) or "NAME"))
    try:
        return spec.find(top, name)
    except spec.BadLab as e:
        die(str(e))
