#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run the shell's test scripts on the host and compare what they print.

user/tests/sh/NAME.sh is run by build/user/sh under qemu-riscv64; its output and
exit status must be those in NAME.out. The user ABI is Linux's, so no kernel of
ours is needed.

    tests/user/test_sh_scripts.py --update    write what the shell prints now to the .out files

QUIRE_USER names another folder than build/user.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = sorted((TOP / "user/tests/sh").glob("*.sh"))
SHELL = pathlib.Path(os.environ.get("QUIRE_USER", TOP / "build/user")) / "sh"
QEMU = shutil.which("qemu-riscv64")


def why_not():
    """The reason not to run at all, or None."""
    if not QEMU:
        return "qemu-riscv64 is not installed (Debian: qemu-user)"
    if not SHELL.exists():
        return f"{SHELL} is not built: run make user"
    return None


def run(script):
    """Run one script in an empty folder. Returns what a .out file holds."""
    with tempfile.TemporaryDirectory() as folder:
        # The scripts call `sh`, and mean the shell under test.
        wrapper = pathlib.Path(folder, "sh")
        wrapper.write_text(f'#!/bin/sh\nexec {QEMU} {SHELL} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        env = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"}
        done = subprocess.run([QEMU, str(SHELL), str(script)], cwd=folder, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              check=False)
    return done.stdout.decode(errors="replace") + f"[exit {done.returncode}]\n"


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.stem)
def test_script(script):
    """The script prints what its .out file says."""
    assert run(script) == script.with_suffix(".out").read_text(encoding="utf-8")


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_libc():
    """The library's own tests pass under qemu-riscv64 as well."""
    done = subprocess.run([QEMU, str(SHELL.with_name("libctest"))], capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def main():
    """Update the .out files."""
    if sys.argv[1:] != ["--update"]:
        return "test_sh_scripts.py: want --update; pytest runs the tests"
    for script in SCRIPTS if not why_not() else []:
        script.with_suffix(".out").write_text(run(script), encoding="utf-8")
    return why_not()


if __name__ == "__main__":
    sys.exit(main())
