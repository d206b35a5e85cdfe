# SPDX-License-Identifier: MIT
"""Find functions in C text, and take their bodies out.

The kernel's style makes this easy: a definition starts in the first column, its `{` and `}` stand
alone in the first column. Comments and strings are blanked out first, so they cannot mislead.
"""
import re

_TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class NoFunction(Exception):
    """The file has no function of that name."""


def blank(text):
    """The same text, of the same length, without comments and the contents of strings."""
    return _TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def find_body(text, name):
    """(start, end) of the body of a function, from its `{` to after its `}`."""
    code = blank(text)
    for m in re.finditer(r"^[A-Za-z_][^;{}#=]*?\b%s\(" % re.escape(name), code, re.M):
        start = _after_parameters(code, m.end())
        if start is None:
            continue
        end = code.find("\n}", start)
        if end < 0:
            break
        return start, end + 2
    raise NoFunction("no function %s()" % name)


def _after_parameters(code, at):
    """Where the body begins, if this is a definition: `)`, attributes, then `{` in column 0."""
    depth = 1
    while at < len(code) and depth:
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        at += 1
    m = re.compile(r"[^;{}=]*?\n\{").match(code, at)
    return m.end() - 1 if m else None


def body(text, name):
    """The body of a function, braces included."""
    start, end = find_body(text, name)
    return text[start:end]


def stub(text, names, lab):
    """The text with the bodies of these functions replaced by LAB_TODO(lab)."""
    spans = sorted((find_body(text, name) for name in names), reverse=True)
    for start, end in spans:
        text = text[:start] + '{\n\tLAB_TODO("%s");\n}' % lab + text[end:]
    return add_include(text, "tools/labs/lab_todo.h")


def add_include(text, header):
    """The text with one more #include, after the last one at the head of the file."""
    last = None
    for last in re.finditer(r"^#include[^\n]*\n", text, re.M):
        pass
    at = last.end() if last else 0
    return text[:at] + '#include "%s"\n' % header + text[at:]
