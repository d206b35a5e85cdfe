# SPDX-License-Identifier: MIT
# Redirections and here-documents.
d=/tmp/sh-test-$$
mkdir $d && cd $d || exit 1
echo first >a
echo second >>a
cat a
cat <a
wc -l <a
echo over >a; cat a
cat nothing 2>err || echo "cat failed"
[ -s err ] && echo "error message kept"
{ echo out; echo err >&2; } >both 2>&1; cat both
{ echo out; echo err >&2; } 2>&1 >/dev/null | cat
echo to3 3>three >&3; cat three
exec 4>four
echo line1 >&4; echo line2 >&4
exec 4>&-
cat four
(echo closed >&4) 2>/dev/null || echo "4 is closed"
exec 5<a; read x <&5; echo "read $x"; exec 5<&-
while read l; do echo "<$l>"; done <four
for i in 1 2; do echo $i; done >loop; cat loop
x=val
cat <<EOF
expanded $x $(echo cmd) $((1 + 1)) \$x "quotes" 'stay'
EOF
cat <<'EOF'
literal $x $(echo cmd) \n
EOF
cat <<-EOF
	tabs are
		cut
	EOF
cat <<A; cat <<B
doc a
A
doc b
B
cat <<EOF | sort
z
y
EOF
f() { cat <<EOF
in function $1
EOF
}
f arg
echo "$(cat <<EOF
in substitution
EOF
)"
cat nosuch/file >x 2>/dev/null; echo $?
echo hi >nosuch/file 2>/dev/null; echo $?
: >empty; [ -e empty ] && [ ! -s empty ] && echo empty made
>also; [ -e also ] && echo also made
cat <>a
yes | head -n 3000 >big
cat <<EOF | wc -c
$(cat big)
EOF
cd /; rm -r $d
