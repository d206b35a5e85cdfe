# SPDX-License-Identifier: MIT
"""How a command is made: its help, its completion, its errors in one line, its tables."""
import gdb

from quire import kernel, machine


def _explain(error):
    """The one line for an error: what to do about it, where that is known."""
    text = " ".join(str(error).split())
    if isinstance(error, machine.Advice):
        return text
    if isinstance(error, gdb.MemoryError) or text.startswith("Cannot access memory"):
        return text + ": nothing is mapped there (q-walk ADDRESS shows why)"
    if "No symbol" in text or "No struct type" in text or "no member named" in text:
        return text + ": the kernel's symbols do not fit; load them with q-symbols KERNEL.ELF"
    return text


def _guarded(name, function, args):
    """Run a command's function: a mistake becomes one line, never a Python traceback."""
    try:
        function(*args)
    except machine.NothingYet as note:
        gdb.write("%s\n" % note)
    except gdb.GdbError:
        raise
    except (machine.Advice, gdb.error, gdb.MemoryError) as error:
        raise gdb.GdbError("%s: %s" % (name, _explain(error))) from None
    except TypeError as error:
        if "positional argument" not in str(error):
            raise gdb.GdbError("%s: %s" % (name, error)) from None
        raise gdb.GdbError("usage: %s" % function.__doc__.split("\n", 1)[0].rstrip(".")) from None
    except Exception as error:      # whatever it is: one line, and the session goes on
        raise gdb.GdbError("%s: %s (%s)" % (name, error, type(error).__name__)) from None


def command(name, complete=None, whole_line=False, kernel_memory=True):
    """Decorator: function(*words) becomes a gdb command. Its docstring's first line is the usage.

    => complete: a function that gives the words to complete with, or one of gdb.COMPLETE_*.
    => whole_line: the function gets the arguments as one string.
    => kernel_memory: the function reads kernel addresses, at whatever stop.
    """
    def make(function):
        def run(*args):
            if not kernel_memory:
                return function(*args)
            with machine.kernel_view(kernel.has_mmu()):
                return function(*args)
        run.__doc__ = function.__doc__

        def invoke(self, argument, _from_tty):
            self.dont_repeat()
            _guarded(name, run, [argument] if whole_line else gdb.string_to_argv(argument))

        def completion(_self, text, word):
            try:
                return [w for w in complete() if w.startswith(word or text.split(" ")[-1])]
            except (gdb.error, machine.Advice, machine.NothingYet):
                return gdb.COMPLETE_NONE
        body = {"__doc__": function.__doc__, "invoke": invoke}
        if callable(complete):
            body["complete"] = completion
        cls = type("Command", (gdb.Command,), body)
        if isinstance(complete, int):
            cls(name, gdb.COMMAND_DATA, complete)
        else:
            cls(name, gdb.COMMAND_DATA)
        return function
    return make


def evaluate(text, what="a number"):
    """The value of an expression as the user typed it: a number or a pointer."""
    try:
        value = gdb.parse_and_eval(text)
    except gdb.error as error:
        raise machine.Advice("%s is not %s (%s)" % (text, what, error)) from None
    if value.type.strip_typedefs().code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        raise machine.Advice("%s is a struct, not %s: did you mean &%s?" % (text, what, text))
    return value


def number(text, what="a number"):
    """The value of an expression as the user typed it, as a number."""
    value = evaluate(text, what)
    try:
        return int(value.cast(gdb.lookup_type("unsigned long")))
    except gdb.error as error:
        raise machine.Advice("%s is not %s (%s)" % (text, what, error)) from None


def count(text, what, least=1):
    """A plain number that the user typed, in any base, at least `least`."""
    try:
        value = int(text, 0)
    except ValueError:
        value = least - 1
    if value < least:
        raise machine.Advice("%s is not %s" % (text, what))
    return value


def _cell(value, heading, width):
    if isinstance(value, int) or heading.startswith(">"):
        return str(value).rjust(width)
    return str(value).ljust(width)


def table(headings, rows, note=None):
    """Print rows under headings: numbers, and columns named ">...", to the right."""
    names = [h.lstrip(">") for h in headings]
    rows = [list(row) for row in rows]
    widths = [max([len(n)] + [len(str(row[i])) for row in rows]) for i, n in enumerate(names)]
    right = [h.startswith(">") or bool(rows) and all(isinstance(row[i], int) for row in rows)
             for i, h in enumerate(headings)]
    line = " ".join(n.rjust(w) if r else n.ljust(w) for n, w, r in zip(names, widths, right))
    gdb.write(line.rstrip() + "\n")
    for row in rows:
        cells = [_cell(v, h, w) for v, h, w in zip(row, headings, widths)]
        gdb.write(" ".join(cells).rstrip() + "\n")
    if note:
        gdb.write(note + "\n")
