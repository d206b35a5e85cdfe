# SPDX-License-Identifier: MIT
# Builtins: test, read, printf, echo, cd, type, eval, shift ...
[ a = a ] && [ a != b ] && [ -n x ] && [ -z "" ] && [ 5 -gt 3 ] && echo tests
[ ! a = b ] && [ a = a -a b = b ] && [ a = b -o c = c ] && echo more
[ "(" = "(" ] && [ -d / ] && [ ! -f / ] && [ -e /tmp ] && [ -x /bin ] && echo files
test; echo $?
[ -f ]; echo $?
[ "" ]; echo $?
[ 1 -eq one ] 2>/dev/null; echo $?
echo "a b c d" | { read x y; echo "$x|$y"; }
printf 'back\\slash\n' | { read x; echo "$x"; }
printf '  trim  me  \n' | { read x; echo "<$x>"; }
printf 'a:b:c\n' | { IFS=: read x y; echo "$x|$y"; }
printf 'no newline' | { read x; echo "$? $x"; }
printf '%s|%5s|%-5s|%05d|%x|%c|%%|%b\n' str ab ab 42 255 char 'b\tb'
printf '%d %s\n' 1 one 2 two
printf 'no args\n'
printf '%s\n'
printf '\101\n'
printf '%.3s|%*d\n' abcdef 6 42
echo -n no newline; echo
cd /tmp && pwd && cd / && pwd && cd - >/dev/null && pwd
cd /nonexistent 2>/dev/null; echo $?
eval 'a=1; echo $a'; eval; echo $?
eval "echo 'two words'" "and more"
type echo; type nosuchcommand >/dev/null 2>&1 || echo unknown
set -- a b; echo $#; set --; echo $#
umask 022; umask
true; false; echo $?
: ignored $(echo effect); echo $?
export E1=exported; sh -c 'echo $E1'
E2=temp sh -c 'echo $E2'; echo "[$E2]"
sh -c 'echo $0 $1' zero one
(exec echo replaced; echo never)
nosuchcommand 2>/dev/null; echo $?
/ 2>/dev/null; echo $?
exit 3
