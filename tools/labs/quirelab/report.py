# SPDX-License-Identifier: MIT
"""Results in the formats that people and machines want."""
import base64
import collections
import json
import re
import textwrap
from xml.sax.saxutils import quoteattr, escape

UNWRITTEN = "not written yet: "      # what a machine met: its console ends with LAB_TODO's line


def number(x):
    """7 and not 7.0; 3.33."""
    return "%g" % round(x, 2)


def total(results):
    return sum(r.points for r in results), sum(r.max_points for r in results)


def table(lab, results, color=False, message=""):
    """What `make grade` prints. A message that explains everything stands once for all."""
    red, green, off = ("\033[31m", "\033[32m", "\033[0m") if color else ("", "", "")
    width = max([len(r.name) for r in results] + [4])
    lines = ["%-*s  %9s" % (width, lab.name, "points")]
    for r in results:
        mark = green if r.passed else red
        lines.append("%s%-*s  %4s / %2d%s" % (mark, width, r.name, number(r.points),
                                              r.max_points, off))
    got, most = total(results)
    lines.append("%-*s  %4s / %2d" % (width, "total", number(got), most))
    failed = [r for r in results if not r.passed and (not message or r.got not in message)]
    for group in same_function_missing(failed):
        lines += ["", *(explain(group[0]) if len(group) == 1 else explain_missing(group))]
    return "\n".join(lines + ([message] if message else []))


def same_function_missing(results):
    """Groups of results, in order: tests that met the same function that is not written yet are
    one, any other is alone."""
    groups = {}
    for r in results:
        missing = not r.points and r.got.startswith(UNWRITTEN)
        groups.setdefault(r.got if missing else (r.name,), []).append(r)
    return list(groups.values())


def explain_missing(results):
    """Tests that met the same function, in lines: nothing else of them is of interest yet."""
    function = re.search(r"(\w+)\(\)|$", results[0].got)[1] or ""
    return paragraphs("%d tests, 0 of %d points" % (len(results), total(results)[1]),
                      ("tests", ", ".join(r.name for r in results)), ("got", results[0].got),
                      ("look at it", re.sub(r"break \w+$", "break " + function, results[0].gdb)))


def explain(r):
    """Why a test has lost points, in lines."""
    return paragraphs("%s: %s of %d points" % (r.name, number(r.points), r.max_points),
                      ("rule", r.rule), ("expected", r.expected), ("got", r.got),
                      ("look at it", r.gdb))


def paragraphs(head, *parts):
    """A heading, and what there is of (name, text) below it, in lines."""
    lines = [head]
    for what, text in parts:
        if text:
            lines += textwrap.wrap(text, 96 if what != "look at it" else 400,
                                   initial_indent="  %-12s" % (what + ":"),
                                   subsequent_indent=" " * 14, break_long_words=False,
                                   break_on_hyphens=False)
    return lines


def endings(results):
    """How machines ended before their tests did, and how many: "panic: enough (2 tests)"."""
    times = collections.Counter(r.got for r in results if r.ended)
    return "; ".join("%s (%d test%s)" % (got[:300], n, "s" if n > 1 else "")
                     for got, n in times.most_common(3))


def as_dict(lab, results, **extra):
    got, most = total(results)
    return {"lab": lab.name, "score": round(got, 2), "max_score": most,
            "tests": [{"name": r.name, "score": r.points, "max_score": r.max_points,
                       "rule": r.rule, "expected": r.expected, "got": r.got, "gdb": r.gdb,
                       "seconds": round(r.seconds, 2), "instructions": r.instructions}
                      for r in results], **extra}


def gradescope(lab, results, message="", seconds=0):
    """results.json as Gradescope reads it."""
    tests = [{"name": r.name, "number": str(i), "score": r.points, "max_score": r.max_points,
              "status": "passed" if r.passed else "failed",
              "output": "\n".join(explain(r)) if not r.passed else r.rule,
              "output_format": "text", "visibility": "visible"}
             for i, r in enumerate(results, 1)]
    out = {"score": round(total(results)[0], 2), "execution_time": round(seconds),
           "visibility": "visible", "stdout_visibility": "hidden", "output_format": "text",
           "tests": tests}
    if message:
        out["output"] = message
    return out


def classroom(lab, results, message=""):
    """What a GitHub Classroom step puts into its output `result`, before base64."""
    tests = [{"name": r.name, "status": "pass" if r.passed else "fail", "score": r.points,
              "message": "" if r.passed else "\n".join(explain(r)), "test_code": r.gdb,
              "filename": "", "line_no": 0, "duration": int(1000 * r.seconds)}
             for r in results]
    got, most = total(results)
    return {"version": 1, "status": "error" if message else "pass" if got == most else "fail",
            "max_score": most, "tests": tests}


def classroom_text(lab, results, message=""):
    """One line for $GITHUB_OUTPUT."""
    data = json.dumps(classroom(lab, results, message)).encode()
    return "result=" + base64.b64encode(data).decode() + "\n"


def tap(lab, results):
    lines = ["TAP version 13", "1..%d" % len(results)]
    for i, r in enumerate(results, 1):
        lines.append("%sok %d - %s # %s/%d points" % ("" if r.passed else "not ", i, r.name,
                                                      number(r.points), r.max_points))
        if not r.passed:
            lines += ["  # " + line for line in explain(r)]
    return "\n".join(lines) + "\n"


def junit(lab, results):
    failed = sum(not r.passed for r in results)
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           '<testsuite name=%s tests="%d" failures="%d">' % (quoteattr(lab.name), len(results),
                                                              failed)]
    for r in results:
        out.append('<testcase classname=%s name=%s time="%.2f">' %
                   (quoteattr(lab.name), quoteattr(r.name), r.seconds))
        if not r.passed:
            out.append("<failure message=%s>%s</failure>" %
                       (quoteattr(clean(r.got)), escape(clean("\n".join(explain(r))))))
        out.append("</testcase>")
    return "\n".join(out + ["</testsuite>", ""])


def clean(text):
    """Without the control characters that XML cannot hold."""
    return "".join(c if c >= " " or c in "\n\t" else "?" for c in text)
