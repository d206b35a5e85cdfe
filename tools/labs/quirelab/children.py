# SPDX-License-Identifier: MIT
"""Processes and folders that do not outlive us, however we end.

A child has a session of its own, so that all of it can be ended at once, and Ctrl-C does not get to
it. On SIGINT, SIGTERM and SIGHUP we end our children, then ourselves. SIGKILL leaves no time for
that: the host's kernel then sends each child the signal that ends it (PR_SET_PDEATHSIG, through
setpriv of util-linux). A shell removes our folders: it waits for the end of a pipe that only we
hold open.
"""
import contextlib
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

_lock = threading.Lock()
_alive = {}                     # process group -> the signal that ends it
_keeper = None                  # the shell that removes folders
_ending = threading.Event()

# What a child has begun to write may keep a folder for a moment.
_REMOVE = ('trap "" INT TERM HUP; all=(); while IFS= read -r one; do all+=("$one"); done; '
           'for i in {1..60}; do rm -rf -- "${all[@]}" && break; sleep 1; done')


def start(command, how=signal.SIGKILL, **options):
    """Popen. Call end() when it is done with, from the thread that has started it: the child does
    not outlive that thread. how: SIGTERM for those that have to clean up, as make must remove
    what is half written."""
    if _ending.is_set():            # another thread: its machine is gone, but there will be no next
        threading.Event().wait()
    setpriv = shutil.which("setpriv")
    if setpriv:
        command = [setpriv, "--pdeathsig", how.name[len("SIG"):], *command]
    child = subprocess.Popen(command, start_new_session=True, **options)
    _alive[child.pid] = how
    return child


def kill(child):
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def stop(child):
    """Ask one that still runs to clean up and end, and give it some time for that."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(child.pid, signal.SIGTERM)
            child.wait(10)


def end(child):
    """Kill it if it still runs; its status."""
    kill(child)
    status = child.wait()
    _alive.pop(child.pid, None)
    return status


def folder(prefix="quirelab.", parent=None):
    """A new folder. remove() it, or it goes when we end."""
    global _keeper
    with _lock:
        if _keeper is None:
            _keeper = subprocess.Popen(["bash", "-c", _REMOVE], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True)
        made = pathlib.Path(parent or tempfile.gettempdir(), prefix + secrets.token_hex(8))
        # The name first: we may be ended before the next line.
        _keeper.stdin.write(os.fsencode(made) + b"\n")
        _keeper.stdin.flush()
        made.mkdir(mode=0o700)
    return made


def remove(made):
    shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def temporary(prefix="quirelab.", parent=None):
    """A folder for the time of a with statement."""
    made = folder(prefix, parent)
    try:
        yield made
    finally:
        remove(made)


def _stop(number, _frame):
    _ending.set()
    for group, how in list(_alive.items()):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, how)
    # Nobody may read any more, or the signal has come in the middle of a print().
    with contextlib.suppress(Exception):
        print("labs: ended by %s" % signal.Signals(number).name, file=sys.stderr, flush=True)
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    os._exit(128 + number)


def end_with_us():
    """From now on a signal that ends us ends them too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:      # as nohup wants it
            signal.signal(number, _stop)
