# SPDX-License-Identifier: MIT
"""Find functions in C or assembly text, and take their bodies out.

The kernel's style makes this easy. In C a definition starts in the first column, its `{` and `}`
stand alone in the first column; the `{` of a student may be at the end of the line before. In
assembly a function goes from its label to its `.size` line; the directives of the first and last
line (.cfi_startproc, .cfi_endproc) are no part of the body. Comments and strings are blanked out
first, so they cannot mislead. A text may be made to be slow to search: a pattern must not look
at it again and again, so what is before and behind a name is looked at only so far.
"""
import re

_TOKENS = re.compile(r'/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

FAR = 1000                      # characters of a definition, before its name and behind it


class NoFunction(Exception):
    """The file has no function of that name."""


def blank(text):
    """The same text, of the same length, without comments and the contents of strings."""
    return _TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def without_comments(text):
    """The text with a space for each comment."""
    return _TOKENS.sub(lambda m: " " if m[0][0] == "/" else m[0], text)


def has_raw_strings(text):
    """Does a prefix make R"(...)" of a string? "R" itself is none."""
    code = _TOKENS.sub(lambda m: '""' if m[0][0] == '"' else " ", text)
    return re.search(r'\b(?:u8|[uUL])?R"', code) is not None


def is_assembly(file):
    return str(file).endswith(".S")


def find_body(text, name, assembly=False):
    """(start, end) of the body of a function, from its `{` to after its `}`."""
    code = blank(text)
    if assembly:
        return _find_assembly(code, name)
    for m in re.finditer(r"\b%s\s*\(" % re.escape(name), code):
        start = _after_parameters(code, m.end()) if _has_a_type(code, m.start()) else None
        if start is None:
            continue
        end = code.find("\n}", start) + 1 if code[start - 1] == "\n" else _matching(code, start)
        if end < 1:
            break
        return start, end + 1
    raise NoFunction("no function %s()" % name)


def _find_assembly(code, name):
    name = re.escape(name)
    m = re.search(r"^%s:[^\n]*\n(?:\s*\.cfi_startproc[^\n]*\n)?" % name, code, re.M)
    end = re.compile(r"(?:^\s*\.cfi_endproc[^\n]*\n)?^\s*\.size\s+%s,"
                     % name, re.M).search(code, m.end()) if m else None
    if not end:
        raise NoFunction("no function %s" % name)
    return m.end(), end.start()


def _has_a_type(code, at):
    """Is there something before this name that begins in the first column, as a definition does?"""
    before = code[max(at - FAR, 0):at]
    before = before[max(map(before.rfind, ";{}#=")) + 1:]
    return re.search(r"\n[A-Za-z_]", "\n" + before if at == len(before) else before) is not None


def _after_parameters(code, at):
    """Where the body begins, if this is a definition: `)`, attributes, then `{`."""
    depth = 1
    for m in re.compile(r"[()]").finditer(code, at, at + FAR):
        depth += 1 if m[0] == "(" else -1
        if not depth:
            body = re.compile(r"[^;{}=]*\{").match(code, m.end(), m.end() + FAR)
            return body.end() - 1 if body else None
    return None


def _matching(code, at):
    """Where the `}` is that belongs to the `{` at a place; the end if #if has it otherwise."""
    depth = 0
    for m in re.compile(r"[{}]").finditer(code, at):
        depth += 1 if m[0] == "{" else -1
        if not depth:
            return m.start()
    return len(code) - 1


def body(text, name, assembly=False):
    """The body of a function, braces included."""
    start, end = find_body(text, name, assembly)
    return text[start:end]


def stub(text, names, lab, file=""):
    """The text with the bodies of these functions replaced by LAB_TODO(lab)."""
    assembly = is_assembly(file)
    spans = sorted(((*find_body(text, name, assembly), name) for name in names), reverse=True)
    for start, end, name in spans:
        todo = '{\n\tLAB_TODO("%s");\n}' % lab
        if assembly:
            todo = '\tLAB_TODO "%s", "%s", "%s"\n' % (lab, name, file)
        text = text[:start] + todo + text[end:]
    return add_include(text, "tools/labs/lab_todo.h")


def add_include(text, header):
    """The text with one more #include, after the last one at the head of the file."""
    last = None
    for last in re.finditer(r"^#include[^\n]*\n", text, re.M):
        pass
    at = last.end() if last else 0
    return text[:at] + '#include "%s"\n' % header + text[at:]
