# SPDX-License-Identifier: MIT
"""The project's own files: what belongs to it, copying them."""
import hashlib
import os
import shutil
import subprocess

STATE = ".quire-lab"            # in a starter tree: which lab, which hints were read


# What the project has in its top folder. What else lies there, such as submissions, results or an
# earlier release, is the instructor's: it must not get into a starter tree or an autograder.
TOP_LEVEL = ("arch", "kernel", "mm", "lib", "user", "tests", "labs", "docs", "tools", ".ci",
             ".github", ".vscode", ".gitignore", "linker.ld", "Makefile", "run-qemu.sh",
             "README.md", "LICENSE")


def project_files(top):
    """Paths of the project's files: what git has not been told to ignore, or all of an exported
    tree."""
    if (top / ".git").exists():
        out = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard", "--",
                              *TOP_LEVEL], cwd=top, check=True, stdout=subprocess.PIPE).stdout
        names = os.fsdecode(out).split("\0")
    else:
        found = [p for name in TOP_LEVEL for p in [top / name, *(top / name).rglob("*")]]
        names = [str(p.relative_to(top)) for p in found if "__pycache__" not in p.parts]
    return sorted({n for n in names if n and (top / n).is_file()})


def copy(source, dest):
    dest.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        os.symlink(os.readlink(source), dest)
    else:
        shutil.copy2(source, dest)


def fingerprint(data):
    """A short name of some bytes."""
    return hashlib.sha256(data).hexdigest()[:12]
