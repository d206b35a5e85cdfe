# SPDX-License-Identifier: MIT
#
# The programs of the initramfs, and the sources (relative to user/) of those which are not just
# NAME.c with the shared helpers.

tools := cat clear date dd df dmesg echo env free grep head hexdump kill ls mkdir mount pmap \
	poweroff rm rmdir seq sleep sort swapoff swapon sync sysctl tail taskset tee time \
	touch umount uname uptime vmstat wc yes
user-progs += $(tools) reboot true false cp mv ln ps top
$(foreach p,$(tools),$(eval $(p)-srcs := $(p).c util.c))
reboot-srcs := poweroff.c util.c
init-srcs := init.c init_root.c
cp-srcs := cp.c copytree.c util.c
mv-srcs := mv.c copytree.c util.c
ln-srcs := ln.c copytree.c util.c
ps-srcs := ps.c procinfo.c util.c
top-srcs := top.c procinfo.c util.c
pmap-srcs := pmap.c procinfo.c util.c

demos := buddydemo cow faults lazy oom slabdemo swapdemo
user-progs += $(demos) peek
$(foreach p,$(demos),$(eval $(p)-srcs := demos/$(p).c demos/demo.c util.c))
peek-srcs := demos/peek.c util.c

user-progs += usertests swaptest oomtest stresstest sysfuzz fstrace toucher wbtest initthread
initthread-srcs := tests/initthread.c
wbtest-srcs := tests/wbtest.c util.c
toucher-srcs := tests/toucher.c
usertests-srcs := $(addprefix tests/,usertests.c testlib.c memtest.c faulttest.c cowtest.c \
	proctest.c sigtest.c fstest.c procfstest.c sysctltest.c sysfstest.c nstest.c \
	worldtest.c limittest.c committest.c tasktest.c vfstest.c mounttest.c \
	badargs.c) util.c
swaptest-srcs := tests/swaptest.c tests/testlib.c util.c
oomtest-srcs := tests/oomtest.c tests/testlib.c util.c
stresstest-srcs := tests/stresstest.c tests/stressswap.c tests/testlib.c util.c
sysfuzz-srcs := $(addprefix tests/,sysfuzz.c sysfuzz_calls.c sysfuzz_args.c sysfuzz_table.c) \
	tests/testlib.c util.c
fstrace-srcs := tests/fstrace.c util.c
