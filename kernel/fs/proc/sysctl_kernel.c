/* SPDX-License-Identifier: MIT */
/*
 * /proc/sys/kernel and /proc/sys/fs.
 *
 * Locks: set() functions run under sysctl_mutex.
 *
 * Linux: kernel/sysctl.c, utsname_sysctl.c, kernel/pid.c, drivers/char/random.c,
 * fs/file_table.c, fs/inode.c. Differs: quire_exit_status is ours; files and
 * pipes have fixed limits, so those are read-only.
 */
#include "kernel/fork.h"
#include "kernel/fs/proc/sysctl.h"
#include "kernel/nsproxy.h"
#include "kernel/pid.h"
#include "kernel/printk.h"
#include "kernel/proc_syscalls.h"
#include "kernel/random.h"
#include "kernel/version.h"
#include "lib/vsprintf.h"

#define MIN_PID_MAX	301		/* above what is reserved after a wrap */
#define MAX_THREADS	0x3fffffff	/* Linux's: ids must fit in a futex word */

static char core_pattern[128] = "core";
static char boot_id[40];
static int randomize_va_space;

/* ---- kernel/ ---- */

static void show_ostype(struct seq_file *m)
{
	seq_puts(m, UTS_SYSNAME "\n");
}

static void show_osrelease(struct seq_file *m)
{
	seq_puts(m, UTS_RELEASE "\n");
}

static void show_version(struct seq_file *m)
{
	seq_printf(m, "%s\n", uts_version);
}

/* Console level; level of messages without one; lowest console level; the console's at boot. */
static void show_printk(struct seq_file *m)
{
	seq_printf(m, "%d\t6\t1\t7\n", console_loglevel);
}

/* Only the first of the four can be changed. */
static int set_printk(long level)
{
	console_loglevel = (int)level;
	return 0;
}

static void show_tainted(struct seq_file *m)
{
	seq_puts(m, "0\n");
}

static void show_ngroups_max(struct seq_file *m)
{
	seq_puts(m, "65536\n");
}

static void show_cap_last_cap(struct seq_file *m)
{
	seq_puts(m, "40\n");
}

static void show_overflow_id(struct seq_file *m)
{
	seq_puts(m, "65534\n");
}

/* ---- kernel/random/ ---- */

/* Version 4 (random), variant 1, as RFC 9562 has it. */
static void print_uuid(char *buf, size_t n)
{
	u64 hi = (get_random_u64() & ~0xf000UL) | 0x4000;
	u64 lo = (get_random_u64() & ~(3UL << 62)) | 2UL << 62;

	scnprintf(buf, n, "%08lx-%04lx-%04lx-%04lx-%012lx", hi >> 32, hi >> 16 & 0xffff,
		  hi & 0xffff, lo >> 48, lo & 0xffffffffffff);
}

static void show_uuid(struct seq_file *m)
{
	char uuid[40];

	print_uuid(uuid, sizeof(uuid));
	seq_printf(m, "%s\n", uuid);
}

/* Made when it is first asked for: more randomness has come together by then. */
static void show_boot_id(struct seq_file *m)
{
	static DEFINE_SPINLOCK(lock, RANK_SPIN);

	spin_lock(&lock);
	if (!boot_id[0])
		print_uuid(boot_id, sizeof(boot_id));
	spin_unlock(&lock);
	seq_printf(m, "%s\n", boot_id);
}

static void show_entropy(struct seq_file *m)
{
	seq_puts(m, "256\n");
}

/* ---- fs/ ---- */

static void show_file_max(struct seq_file *m)
{
	seq_printf(m, "%ld\n", LONG_MAX);
}

static void show_file_nr(struct seq_file *m)
{
	seq_printf(m, "%lu\t0\t%ld\n", get_nr_files(), LONG_MAX);
}

static void show_nr_open(struct seq_file *m)
{
	seq_printf(m, "%u\n", NR_OPEN_MAX);
}

static void show_pipe_max_size(struct seq_file *m)
{
	seq_printf(m, "%lu\n", PIPE_SIZE);
}

static void show_inode_nr(struct seq_file *m)
{
	seq_printf(m, "%lu\t0\n", get_nr_inodes());
}

/*
 * Names are those of the UTS namespace that the caller is in, not of the one in which /proc was
 * mounted: the same as uname(2) gives him.
 */
static char *hostname(void)
{
	return current_uts_ns()->nodename;
}

static char *domainname(void)
{
	return current_uts_ns()->domainname;	/* set_name() in sys.c keeps its end */
}

static const struct ctl_table kernel_table[] = {
	{ .path = "kernel/hostname", .mode = 0644, .kind = CTL_STRING, .string = hostname,
	  .size = UTS_LEN },
	{ .path = "kernel/domainname", .mode = 0644, .kind = CTL_STRING, .string = domainname,
	  .size = UTS_LEN },
	CTL_TEXT_RO("kernel/ostype", show_ostype),
	CTL_TEXT_RO("kernel/osrelease", show_osrelease),
	CTL_TEXT_RO("kernel/version", show_version),
	CTL_INT_RANGE("kernel/pid_max", pid_max, MIN_PID_MAX, PID_MAX),
	CTL_INT_RANGE("kernel/threads-max", max_threads, 1, MAX_THREADS),
	CTL_INT_ANY("kernel/panic", panic_timeout),
	{ .path = "kernel/printk", .mode = 0644, .kind = CTL_INT, .min = INT_MIN, .max = INT_MAX,
	  .set = set_printk, .show = show_printk },
	CTL_TEXT_RO("kernel/tainted", show_tainted),
	/* Addresses are not randomized, and nobody shall think they are. */
	CTL_INT_RANGE("kernel/randomize_va_space", randomize_va_space, 0, 0),
	CTL_TEXT_RO("kernel/ngroups_max", show_ngroups_max),
	CTL_TEXT_RO("kernel/cap_last_cap", show_cap_last_cap),
	CTL_TEXT_RO("kernel/overflowuid", show_overflow_id),
	CTL_TEXT_RO("kernel/overflowgid", show_overflow_id),
	CTL_STRING_RW("kernel/core_pattern", core_pattern),
	CTL_INT_RANGE("kernel/quire_exit_status", quire_exit_status, 0, 255),
	CTL_TEXT_RO("kernel/random/boot_id", show_boot_id),
	CTL_TEXT_RO("kernel/random/uuid", show_uuid),
	CTL_TEXT_RO("kernel/random/entropy_avail", show_entropy),
	CTL_TEXT_RO("kernel/random/poolsize", show_entropy),
	CTL_TEXT_RO("fs/file-max", show_file_max),
	CTL_TEXT_RO("fs/file-nr", show_file_nr),
	CTL_TEXT_RO("fs/nr_open", show_nr_open),
	CTL_TEXT_RO("fs/pipe-max-size", show_pipe_max_size),
	CTL_TEXT_RO("fs/inode-nr", show_inode_nr),
};

void sysctl_kernel_init(void)
{
	panic_param();
	sysctl_register(kernel_table, ARRAY_SIZE(kernel_table));
}
