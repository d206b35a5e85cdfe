# SPDX-License-Identifier: MIT
# A script read from standard input: commands see the rest.
sh <<'EOF'
read x
this is data
echo "read: $x"
head -n 1
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
chmod +x /tmp/sh-test-$$
/tmp/sh-test-$$ x 2>&1; echo $?
rm /tmp/sh-test-$$
