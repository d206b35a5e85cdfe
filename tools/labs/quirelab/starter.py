# SPDX-License-Identifier: MIT
"""Make the starter tree of a lab: the sources without the functions that the student writes."""
import json
import pathlib
import re
import shutil

from . import cfunc
from .files import STATE, copy, fingerprint, project_files
from .hints import pack
from .spec import BadLab

# What of the project a student's tree does not have.
LEFT_OUT = ("labs/", ".git/", ".github/", ".ci/", "docs/labs.md", "tests/qemu/test_labs.py",
            "tests/qemu/test_labs_machine.py", "tests/qemu/test_labs_trust.py",
            "tools/labs/release", "tools/labs/release.d/", "tools/labs/grade-batch",
            "tools/labs/selfgrade", "tools/labs/quirelab/selfgrade.py",
            "tools/labs/quirelab/starter.py", "tools/labs/lab", "tools/labs/save-patch",
            "tools/labs/README.md")
OF_THE_LAB = ("README.md", "functions", "tests.py", "user")
# Pages that tell of all labs, and what they say in the tree of one: (page, what goes, what comes).
ABOUT_LABS = (
    ("README.md", r"^## Labs\n.*?(?=^## )", """## The lab

`labs/%s/README.md` is the handout: begin there.

```
make grade      # each test with its points, what was expected and got, the line for gdb
make hint       # the next hint
make handin     # the archive to hand in
```

"""),
    ("docs/README.md", r"^\| \[labs\.md\].*?\n", ""),
    ("tools/help.txt", r"^#H   make lab .*?\n", ""),
    ("tools/help.txt", r"\(docs/labs\.md\)", "(labs/%s/README.md)"),
    ("tools/help.txt", r"^#H   make selfgrade.*?\n", ""),
)
# Lines of a body that must not be found elsewhere, and how many characters they have at least:
# "unlock, return 0" stands in many functions and tells nothing.
WINDOW, TELLING = 4, 100


def make(top, lab, dest):
    """Write the starter tree to dest, which must not exist yet."""
    dest = pathlib.Path(dest)
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise BadLab("%s exists already; remove it, or say another folder" % dest)
    stubs = stubbed(top, lab)
    for name in project_files(top):
        if any(name == out or out[-1] == "/" and name.startswith(out) for out in LEFT_OUT):
            continue
        copy(top / name, dest / name)
    for name, text in stubs.items():
        (dest / name).write_text(text, encoding="utf-8")
    add_lab(lab, dest)
    tell_of_one_lab(lab, dest)
    leaked = leaks(top, lab, dest)
    if leaked:
        shutil.rmtree(dest)
        raise BadLab("the starter tree would hold parts of the solution:\n  " +
                     "\n  ".join(leaked))


def stubbed(top, lab):
    """{file: its text with LAB_TODO} of the files that the lab names."""
    texts = {}
    for name, functions in lab.functions.items():
        if not (top / name).is_file():
            raise BadLab("%s/functions: no file %s" % (lab.name, name))
        text = (top / name).read_text(encoding="utf-8")
        try:
            texts[name] = cfunc.stub(text, functions, lab.name, name)
        except cfunc.NoFunction as e:
            raise BadLab("%s/functions: %s: %s" % (lab.name, name, e)) from None
    return texts


def add_lab(lab, dest):
    """The lab's own files, and the state of the student."""
    folder = dest / "labs" / lab.name
    for name in OF_THE_LAB:
        source = lab.path / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.exists():
            copy(source, folder / name)
    (folder / "hints.dat").write_text(pack(lab.hints()), encoding="ascii")
    kernel = [p for f in ("arch", "kernel", "mm", "lib") for p in sorted(dest.glob(f + "/**/*"))]
    sums = {str(p.relative_to(dest)): fingerprint(p.read_bytes()) for p in kernel if p.is_file()}
    state = {"lab": lab.name, "hints": {}, "sums": sums}
    (dest / STATE).write_text(json.dumps(state, indent=1) + "\n", encoding="ascii")


def tell_of_one_lab(lab, dest):
    """What is said of all labs, and of files that are not here, gives way to what is so here."""
    for name, gone, come in ABOUT_LABS:
        text = (dest / name).read_text(encoding="utf-8")
        new = come % lab.name if "%s" in come else come
        text, found = re.subn(gone, lambda _, new=new: new, text, flags=re.M | re.S)
        if found != 1:
            raise BadLab("%s: %r should be there once, but is there %d times" % (name, gone, found))
        (dest / name).write_text(text, encoding="utf-8")


def significant(text):
    """The lines that tell something, without their white space."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if len(line) > 8 and not line.startswith(("*", "/*", "//"))]


def windows(text):
    """Each run of WINDOW lines that tells something."""
    lines = significant(text)
    runs = ["\n".join(lines[i:i + WINDOW]) for i in range(len(lines) - WINDOW + 1)]
    return [run for run in runs if len(run) >= TELLING]


def leaks(top, lab, dest):
    """Places in the starter tree with a window of a body that was taken out."""
    secret = {}
    for name, functions in lab.functions.items():
        text = (top / name).read_text(encoding="utf-8")
        for function in functions:
            body = cfunc.body(text, function, cfunc.is_assembly(name))
            secret.update(dict.fromkeys(windows(body), function))
    found = []
    for path in sorted(dest.rglob("*")):
        if not path.is_file() or path.stat().st_size > 1 << 20:
            continue
        there = [secret[w] for w in windows(path.read_text(encoding="utf-8", errors="replace"))
                 if w in secret]
        if there:
            found.append("%s: %s()" % (path.relative_to(dest), there[0]))
    return found
