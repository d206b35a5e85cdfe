#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Gradescope runs this once, when it builds the image of the autograder: tools, then the trusted
# tree is built, so that each submission compiles only what it changes, and proven by a grade of the
# reference.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends make git patch python3 util-linux e2fsprogs opensbi \
	gcc-riscv64-linux-gnu gcc libc6-dev
apt-get install -y --no-install-recommends qemu-system-riscv ||
	apt-get install -y --no-install-recommends qemu-system-misc
cd /autograder/source/quire
tools/deps run
tools/labs/grade --lab @LAB@ --submission . --work /autograder/work | tee /tmp/reference
grep -q '^total  *@POINTS@ / @POINTS@$' /tmp/reference || {
	echo "setup.sh: here the reference does not score all points: do not use this image" >&2
	exit 1
}
