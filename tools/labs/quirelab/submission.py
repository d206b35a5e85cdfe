# SPDX-License-Identifier: MIT
"""Take a student's files out of what was handed in, and nothing else.

Only the files that the lab's `functions` names are read; nothing of a submission is ever run by
the host. Archives are read member by member, never unpacked: a path that leaves the archive, a
link, a device or a member that is too large refuses the whole submission, with the reason.
"""
import bz2
import gzip
import io
import lzma
import pathlib
import re
import stat
import struct
import tarfile
import zipfile
import zlib

from . import cfunc

MAX_MEMBERS = 5000
MAX_FILE = 512 << 10            # a source file
MAX_TOTAL = 64 << 20            # of all members, unpacked
MAX_ARCHIVE = 32 << 20
# Of tar's headers for long names and the like, all of them: some versions of tarfile search them
# in a time that grows with the square of their size.
MAX_SQUARES = 1 << 32


# What zipfile, tarfile and what they call raise at an archive that is broken.
BROKEN = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, IndexError, KeyError,
          MemoryError, struct.error, zlib.error, lzma.LZMAError)


class Refused(Exception):
    """The submission is not graded; the text says why."""


def read(path, lab):
    """{file: bytes} of a zip, tar or folder. Refused if something is missing or dangerous."""
    path = pathlib.Path(path)
    if path.is_symlink() or not path.exists():
        raise Refused("no such submission: %s" % path.name)
    if path.is_dir():
        found = from_folder(path, lab.files)
    elif path.stat().st_size > MAX_ARCHIVE:
        raise Refused("the archive is larger than %d MiB" % (MAX_ARCHIVE >> 20))
    elif zipfile.is_zipfile(path):
        found = from_zip(path, lab.files)
    else:
        found = from_tar(path, lab.files)
    missing = [name for name in lab.files if name not in found]
    if missing:
        raise Refused("missing: %s (`make handin` makes an archive with all of them)" %
                      ", ".join(missing))
    for name, data in found.items():
        check_source(name, data, lab.functions[name])
    return found


def place(name, files):
    """Which of the wanted files a member is, or None: the path itself, or below one folder, or the
    bare name, as web forms leave it of single files."""
    parts = pathlib.PurePosixPath(name).parts
    for file in files:
        wanted = pathlib.PurePosixPath(file).parts
        if wanted in (parts, parts[1:]) or parts == wanted[-1:]:
            return file
    return None


def check_name(name):
    path = pathlib.PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        raise Refused("a path that leaves the archive: %r" % name)


def take(found, file, data):
    if file in found:
        raise Refused("%s is there twice" % file)
    found[file] = data


def from_zip(path, files):
    found, total = {}, 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise Refused("more than %d files" % MAX_MEMBERS)
            for info in members:
                check_name(info.filename)
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise Refused("not a plain file: %r" % info.filename)
                total += info.file_size
                if total > MAX_TOTAL:
                    raise Refused("unpacked it would be larger than %d MiB" % (MAX_TOTAL >> 20))
                file = place(info.filename, files)
                if file and not info.is_dir():
                    # A header may lie about the size: never read more than a source file has.
                    with archive.open(info) as f:
                        take(found, file, limited(f.read(MAX_FILE + 1), file))
    except (zipfile.BadZipFile, *BROKEN) as e:
        raise Refused("a broken zip archive: %s" % e) from None
    return found


def unpacked(path):
    """The tar archive itself. A few KiB can unpack to many GiB, of which tarfile would take one
    header into memory: so not more than members may have."""
    for module in (gzip, bz2, lzma, None):
        try:
            with (module.open(path) if module else open(path, "rb")) as f:
                data = f.read(MAX_TOTAL + (4 << 20) + 1)
            break
        except (OSError, *BROKEN):
            continue
    if len(data) > MAX_TOTAL + (4 << 20):
        raise Refused("unpacked it would be larger than %d MiB" % (MAX_TOTAL >> 20))
    return io.BytesIO(data)


def member_headers():
    """The headers of one tar archive's members, as tarfile wants them: a class."""
    squares = 0

    class Header(tarfile.TarInfo):
        """Stops at more of what describes members than these can need."""

        def _proc_member(self, archive):
            """What tarfile offers to override: each header is here before what it describes."""
            nonlocal squares
            if self.type not in (*tarfile.REGULAR_TYPES, tarfile.DIRTYPE):
                squares += self.size ** 2
                if squares > MAX_SQUARES:
                    raise Refused("headers of %d bytes in a tar archive" % self.size)
            return super()._proc_member(archive)
    return Header


def from_tar(path, files):
    found, total = {}, 0
    try:
        opened = tarfile.open(fileobj=unpacked(path), mode="r:", tarinfo=member_headers())
    except (tarfile.TarError, *BROKEN):
        raise Refused("neither a zip, nor a tar archive, nor a folder") from None
    try:
        with opened as archive:
            for count, info in enumerate(archive):
                if count > MAX_MEMBERS:
                    raise Refused("more than %d files" % MAX_MEMBERS)
                check_name(info.name)
                if not (info.isreg() or info.isdir()):
                    raise Refused("not a plain file: %r" % info.name)
                total += info.size
                if total > MAX_TOTAL:
                    raise Refused("unpacked it would be larger than %d MiB" % (MAX_TOTAL >> 20))
                file = place(info.name, files)
                if file and info.isreg():
                    data = archive.extractfile(info).read(MAX_FILE + 1)
                    take(found, file, limited(data, file))
    except (tarfile.TarError, *BROKEN) as e:
        raise Refused("a broken tar archive: %s" % e) from None
    return found


def from_folder(path, files):
    """A folder: a tree, or one with a tree in it. Links are not followed."""
    inner = [p for p in sorted(path.iterdir()) if p.is_dir() and not p.is_symlink()]
    flat = from_flat_folder(path, files)
    for base in [path, *inner] if not flat else []:
        found = {}
        for file in files:
            parents = pathlib.PurePosixPath(file).parents
            links = [p for p in (file, *parents) if (base / p).is_symlink()]
            if links or (base / file).exists() and not (base / file).is_file():
                raise Refused("not a plain file: %s" % file)
            if (base / file).exists():
                with open(base / file, "rb") as f:
                    take(found, file, limited(f.read(MAX_FILE + 1), file))
        if found:
            return found
    return flat


def from_flat_folder(path, files):
    """Single files without their folders, if these are all of them."""
    bare = {file: path / pathlib.PurePosixPath(file).name for file in files}
    if not all(p.is_file() and not p.is_symlink() for p in bare.values()):
        return {}
    return {file: limited(p.read_bytes()[:MAX_FILE + 1], file) for file, p in bare.items()}


def limited(data, name):
    if len(data) > MAX_FILE:
        raise Refused("%s is larger than %d KiB" % (name, MAX_FILE >> 10))
    return data


def as_compiled(name, data):
    """The text as the compiler takes it: it leaves out a mark of the byte order, and joins lines
    even with white space behind the backslash. What it would skip without a word is refused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("%s is not text in UTF-8" % name) from None
    if "\0" in text:
        raise Refused("%s is not text: it holds zero bytes" % name)
    return re.sub(r"\\[ \t\v\f\r]*\n", "", text)


def check_source(name, data, functions):
    """A source must be text, must have its functions, and may include only what is ours. This is
    a first look, which gives clear reasons: what compiler and assembler have really read is seen
    after the build (workspace.Tree.check_headers)."""
    text = as_compiled(name, data)
    code = cfunc.without_comments(text)
    if cfunc.has_raw_strings(text):
        raise Refused("%s: no raw strings" % name)
    if re.search(r"^[^\S\n]*(?:#|%:)[^\S\n]*(?:line\b|\d)", code, re.M):
        raise Refused("%s: no #line" % name)
    if re.search(r"\b__has_(?:include|embed)", code):
        raise Refused("%s: no __has_include" % name)
    reads_a_file = (r"^[^\S\n]*(?:#|%:|\?\?=)[^\S\n]*"
                    r"(?:include|include_next|embed|import)\b(.*)$")
    for directive in re.findall(reads_a_file, code, re.M):
        header = re.fullmatch(r'\s*[<"]([\w/.-]+)[>"]\s*', directive)
        if not header or header[1].startswith("/") or ".." in header[1].split("/"):
            raise Refused("%s: #include%s is not one of the kernel's headers" % (name, directive))
    if re.search(r"\.\s*(incbin|include)\b", code) or "incbin" in code:
        raise Refused("%s: the assembler may not read files" % name)
    if cfunc.is_assembly(name) and re.search(r"\.\s*(macro|altmacro|irpc?|rept)\b", code):
        raise Refused("%s: no macros of the assembler" % name)
    for function in functions:
        try:
            cfunc.find_body(text, function, cfunc.is_assembly(name))
        except cfunc.NoFunction:
            raise Refused("%s: there is no function %s()" % (name, function)) from None


def unwritten(found, lab):
    """Functions that still hold LAB_TODO."""
    return ["%s() in %s" % (function, name)
            for name, functions in lab.functions.items() for function in functions
            if "LAB_TODO" in cfunc.body(found[name].decode("utf-8"), function,
                                        cfunc.is_assembly(name))]
