# SPDX-License-Identifier: MIT
# A script read from standard input: commands see the rest.
sh <<'EOF'
read x
this is data
echo "read: $x"
read y; echo "and: $y"
also data
echo done
EOF
echo 'echo from stdin $1' | sh -s arg
cat <<'EOF' >/tmp/sh-test-$$
echo "$0" | grep -c sh-test
echo "$# $1"
exit 6
EOF
sh /tmp/sh-test-$$ first second; echo $?
rm /tmp/sh-test-$$
