# SPDX-License-Identifier: MIT
# Functions: arguments, return, recursion, nesting.
f() { echo "f $1"; return 3; echo no; }
f x; echo $?
fact() {
	if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi
}
fact 6
g() ( x=inner; echo $x )
x=outer; g; echo $x
h() { x=changed; }
h; echo $x
k() { k() { echo second; }; echo first; }
k; k
loop() { for i in 1 2 3; do [ $i = 2 ] && return; echo $i; done; }
loop; echo "after loop: $?"
v=1 f y; echo "[$v]"
out() { echo to stdout; echo to stderr >&2; }
out 2>/dev/null
out 2>&1 >/dev/null
r() { echo redirected; } >&2
r 2>&1 | cat
unset -f h
echo 'f() { echo redefined; }' >/tmp/sh-test-$$
. /tmp/sh-test-$$
rm /tmp/sh-test-$$
f
