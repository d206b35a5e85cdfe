# SPDX-License-Identifier: MIT
#
# The files that release builds compile for size (-Os) instead of speed (-O2): what runs at boot,
# for a report in /proc or /sys, at a person's command, or when something went wrong. The rest is
# on the way of each fault, fork, read or signal. A name that ends in / is a whole folder.
cold += arch/riscv/cpufeature arch/riscv/early arch/riscv/init arch/riscv/plic \
	arch/riscv/setup arch/riscv/smp
cold += kernel/drivers/ kernel/printk kernel/kallsyms kernel/sched_syscalls \
	kernel/time_syscalls
cold += kernel/fs/block_dev kernel/fs/do_mounts kernel/fs/eventpoll kernel/fs/fadvise \
	kernel/fs/fcntl kernel/fs/fs-writeback kernel/fs/kernfs kernel/fs/locks \
	kernel/fs/mnt_namespace kernel/fs/namespace kernel/fs/proc/ kernel/fs/select \
	kernel/fs/super kernel/fs/sync kernel/fs/sysfs/ kernel/fs/ext2/balloc \
	kernel/fs/ext2/check kernel/fs/ext2/layout kernel/fs/ext2/namei kernel/fs/ext2/super \
	kernel/fs/ext2/truncate
cold += lib/bitmap lib/fdt lib/kstrtox lib/random
cold += mm/debug mm/kernel_pgtable mm/memblock mm/oom_kill mm/oom_reaper mm/page-writeback \
	mm/page_init mm/mbind mm/show_mem mm/slob mm/swapon mm/vmalloc mm/vmstat
