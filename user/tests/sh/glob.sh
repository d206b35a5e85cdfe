# SPDX-License-Identifier: MIT
# File names and field splitting.
d=/tmp/sh-test-$$
mkdir $d && cd $d || exit 1
mkdir sub .hidden; >a.c; >b.c; >b.h; >'x y'; >sub/s1; >sub/s2; >.dot; >'[x]'
echo *
echo *.c *.nothing
echo ? [a-b].c [!a].c sub/* */s1 .d*
echo "*.c" '*' \*.c
echo s*/s[12]
for f in *; do echo "<$f>"; done
p='*.c'; echo $p "$p"
set -f; echo *; set +f
echo \[x\] [[]x]
x='a:b c:d'
IFS=:; for w in $x; do echo "<$w>"; done
x=':a::b:'; for w in $x; do echo "<$w>"; done
IFS=' :'; x='a : b :: c'; for w in $x; do echo "<$w>"; done
IFS=; x='a b'; for w in $x; do echo "<$w>"; done
unset IFS; x='  lead  trail  '; for w in $x; do echo "<$w>"; done
echo "$x"
cd /; rm -r $d
