# SPDX-License-Identifier: MIT
"""The project's own files: what belongs to it, copying them."""
import hashlib
import os
import shutil
import subprocess

STATE = ".quire-lab"            # in a starter tree: which lab, which hints were read


def project_files(top):
    """Paths of the project's files: what git knows, or all of an exported tree."""
    if (top / ".git").exists():
        out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=top,
                             check=True, stdout=subprocess.PIPE, text=True).stdout
        names = out.splitlines()
    else:
        names = [str(p.relative_to(top)) for p in top.rglob("*")
                 if p.is_file() and "__pycache__" not in p.parts]
        names = [n for n in names if not n.startswith("build/")]
    return sorted(n for n in names if (top / n).is_file())


def copy(source, dest):
    dest.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        os.symlink(os.readlink(source), dest)
    else:
        shutil.copy2(source, dest)


def fingerprint(data):
    """A short name of some bytes."""
    return hashlib.sha256(data).hexdigest()[:12]
