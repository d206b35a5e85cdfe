# SPDX-License-Identifier: MIT
# Positional and special parameters.
set -- one "two words" three
echo $# $1 "$2" $3
for a; do echo "<$a>"; done
for a in "$@"; do echo "[$a]"; done
for a in "$*"; do echo "{$a}"; done
for a in $*; do echo "($a)"; done
for a in x"$@"y; do echo "-$a-"; done
shift
echo $# "$1"
shift 2
echo $#
for a in "$@"; do echo never; done
echo "[$*]" "[$@]"
set -- a b c d e f g h i j k l
echo $1 ${10} ${12} $#
IFS=:
set -- 1 2 3
echo "$*"
IFS=' '
f() { echo "$# args: $*"; shift; echo "left: $*"; }
f x y z
echo "ours: $*"
false; echo $?
true; echo $?
(exit 42); echo $?
echo ${#} ${?}
