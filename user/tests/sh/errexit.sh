# SPDX-License-Identifier: MIT
# set -e, set -x, traps, exit status.
(set -e; false; echo never); echo $?
(set -e; if false; then :; fi; false || true; ! true; echo reached); echo $?
(set -e; f() { false; echo in f; }; f || echo handled)
(set -x; echo traced >/dev/null) 2>&1
trap 'echo exit trap $?' EXIT
(trap 'echo inner' EXIT; echo body)
(trap 'echo got USR1' USR1; kill -USR1 $(sh -c 'echo $PPID'); echo after)
trap '' USR2; (kill -USR2 $(sh -c 'echo $PPID'); echo ignored)
sh -c 'kill -KILL $$' 2>/dev/null; echo $?
sh -c 'kill -TERM $$' 2>/dev/null; echo $?
sh -c 'syntax (error' 2>/dev/null; echo $?
sh -c 'if' 2>/dev/null; echo $?
sh -c 'echo "unterminated' 2>/dev/null; echo $?
sh -c 'echo $(' 2>/dev/null; echo $?
exit 9
