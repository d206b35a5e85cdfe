# SPDX-License-Identifier: MIT
# Command substitution.
echo $(echo a b   c) "$(echo 'a  b')"
x=$(printf 'line1\nline2\n\n\n'); echo "$x"
echo $(echo $(echo $(echo deep)))
echo `echo old \`echo style\``
echo "$(case x in x) echo "case in parens";; esac)"
echo $(echo ')' "(" '#' ) # comment with )
y=$(false); echo $?
y=$(exit 7); echo $?
echo $(x=inside; echo $x) $x
echo "[$(true)]"
for f in $(echo 1 2 3); do echo -n "$f,"; done; echo
z="$(echo "a\"b" 'c"d')"; echo "$z"
echo $(
	echo several
	echo lines
)
echo "$(seq 1 5 | while read i; do echo -n "$i."; done)"
f() { echo "from $1"; }
echo "$(f function)"
echo $(cd /tmp; pwd) $(pwd | wc -l)
w=$(seq 1 30000); echo ${#w}
