# SPDX-License-Identifier: MIT
# Variables and ${...} in all its forms.
x=5
echo $x ${x} ${x}y "$x"
echo ${u:-default} ${u-default} "[${u}]" ${x:-no} ${x:+alternative} "[${u:+no}]"
e=
echo "[${e:-empty}]" "[${e-unset}]" "[${e+set}]"
echo ${a:=assigned} $a
echo ${#x} ${#nothing} ${#a}
p=/usr/lib/foo.tar.gz
echo ${p#*/} ${p##*/} ${p%.*} ${p%%.*} ${p%nomatch}
q='a*b'
echo ${q%'*b'} "${q#a\*}"
echo "${x:-"quoted word"}" ${u:-"two  blanks"} "${u:-two  blanks}"
y=$x z="$x $x" w='$x'
echo "$y|$z|$w"
a=1 b=$a
echo $b
readonly r=1
(r=2) 2>/dev/null || echo readonly kept: $r
unset x
echo "[$x]"
HOME=/home/me
echo ~ ~/sub "~" a~
v=~/x:~/y
echo $v
(set -u; echo $undefined; echo not reached) 2>/dev/null
echo "after set -u: $?"
(: ${undefined?message}) 2>/dev/null
echo $?
