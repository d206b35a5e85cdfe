/* SPDX-License-Identifier: MIT */
/*
 * /proc/cpuinfo, version, cmdline, filesystems, locks, and the links self, thread-self
 * and mounts.
 *
 * Locks: none; what is shown does not change after boot.
 *
 * Linux: fs/proc/{cpuinfo,version,cmdline,self,thread_self}.c,
 * arch/riscv/kernel/cpu.c (cpuinfo), fs/filesystems.c.
 */
#include <asm/sbi.h>
#include <asm/setup.h>
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/pid_namespace.h"
#include "kernel/init.h"
#include "kernel/version.h"
#include "lib/bug.h"
#include "lib/vsprintf.h"

#define SBI_BASE_GET_MVENDORID	4	/* then marchid, mimpid */

static long machine_id(int which)
{
	struct sbiret ret = sbi_ecall(SBI_EXT_BASE, SBI_BASE_GET_MVENDORID + which, 0, 0, 0, 0, 0,
				      0);

	return ret.error ? 0 : ret.value;
}

static int cpuinfo_show(struct seq_file *m, void *v)
{
	unsigned int cpu;

	/* All harts of a machine we run on are alike: SBI is asked about this one. */
	for_each_online_cpu(cpu) {
		seq_printf(m, "processor\t: %u\nhart\t\t: %lu\nisa\t\t: %s\nmmu\t\t: %s\n", cpu,
			   cpu_hartid[cpu], riscv_isa_string(), riscv_mmu_string());
		seq_printf(m, "mvendorid\t: 0x%lx\nmarchid\t\t: 0x%lx\nmimpid\t\t: 0x%lx\n",
			   machine_id(0), machine_id(1), machine_id(2));
		seq_printf(m, "hart isa\t: %s\n\n", riscv_isa_string());
	}
	return 0;
}

static int version_show(struct seq_file *m, void *v)
{
	seq_puts(m, quire_banner);
	return 0;
}

static int cmdline_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", boot_command_line);
	return 0;
}

static void filesystem_row(const struct file_system_type *t, void *arg)
{
	seq_printf(arg, "%s\t%s\n", t->fs_flags & FS_REQUIRES_DEV ? "" : "nodev", t->name);
}

static int filesystems_show(struct seq_file *m, void *v)
{
	filesystems_for_each(filesystem_row, m);
	return 0;
}

static int self_target(struct super_block *sb, char *buf, size_t n)
{
	scnprintf(buf, n, "%d", task_tgid_nr_ns(current, proc_pid_ns(sb)));
	return 0;
}

static int thread_self_target(struct super_block *sb, char *buf, size_t n)
{
	scnprintf(buf, n, "%d/task/%d", task_tgid_nr_ns(current, proc_pid_ns(sb)),
		  task_pid_nr_ns(current, proc_pid_ns(sb)));
	return 0;
}

void proc_misc_init(void)
{
	BUG_ON(proc_create_single("cpuinfo", 0444, cpuinfo_show) ||
	       proc_create_single("version", 0444, version_show) ||
	       proc_create_single("cmdline", 0444, cmdline_show) ||
	       proc_create_single("filesystems", 0444, filesystems_show) ||
	       proc_create_single("locks", 0444, locks_show) ||
	       proc_symlink("self", self_target) ||
	       proc_symlink("thread-self", thread_self_target) ||
	       kernfs_create_link(&proc_root, "mounts", "self/mounts"));
}
