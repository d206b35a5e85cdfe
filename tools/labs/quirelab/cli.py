# SPDX-License-Identifier: MIT
"""What the commands have in common: their arguments, how they end."""
import argparse
import json
import os
import pathlib
import sys

from . import children, files, spec
from .workspace import BuildFailed

TOP = pathlib.Path(__file__).resolve().parents[3]


class Parser(argparse.ArgumentParser):
    """Wrong arguments: one line, status 2. The options that the Makefile may pass to any command
    (labs.mk) and this one has no use for are in ignore."""

    def __init__(self, text, ignore=()):
        super().__init__(description=text, allow_abbrev=False,
                         formatter_class=argparse.RawDescriptionHelpFormatter)
        for name in ignore:
            self.add_argument(name, help=argparse.SUPPRESS)

    def error(self, message):
        die("%s; %s --help explains" % (message, self.prog))


def die(message, status=2):
    """2: wrong usage; 1: it cannot be done."""
    print("labs: %s" % message, file=sys.stderr)
    raise SystemExit(status)


def run(main):
    """Run a command. Trouble is one line; nothing of ours stays behind, whatever ends us."""
    children.end_with_us()
    sys.stdout.reconfigure(errors="backslashreplace")   # a name that this terminal has no sign for
    try:
        status = main()
        sys.stdout.flush()
    except spec.BadLab as e:
        die(str(e))
    except BuildFailed as e:
        die("the project itself does not build: %s" % e, 1)
    except BrokenPipeError:         # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as e:
        die("%s: %s" % (e.filename, e.strerror) if e.filename else str(e), 1)
    sys.exit(status)


def count(text):
    """The type of -j and its like."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on is needed, not %r" % text)
    return int(text)


def new_file(text):
    """The type of a file to be written: said at once if that cannot be, not after the work."""
    path = pathlib.Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise argparse.ArgumentTypeError("cannot write %s" % path)
    return path


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
        die("which lab? LAB=NAME after make, --lab NAME after a command; there are: %s" %
            ", ".join(spec.lab_names(top)))
    return spec.find(top, name)
