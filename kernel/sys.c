/* SPDX-License-Identifier: MIT */
/*
 * What the system is called and how it is doing: uname, sysinfo, the log; and the
 * calls by which a thread registers something with the kernel.
 *
 * Locks: none. Names are copied as a whole; a reader may see half an old and half
 * a new one while somebody changes it, but never without its end.
 *
 * Linux: kernel/sys.c, kernel/printk/printk.c (syslog).
 */
#include <asm/sys_riscv.h>
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/nsproxy.h"
#include "kernel/pid.h"
#include "kernel/printk.h"
#include "kernel/proc_syscalls.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/version.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/swap.h"

/* As uname(2) passes it: six strings of fixed length. */
struct new_utsname {
	char sysname[UTS_LEN], nodename[UTS_LEN], release[UTS_LEN], version[UTS_LEN],
	     machine[UTS_LEN], domainname[UTS_LEN];
};

/* Linux's name and version: libc refuses to run on what it takes for a too old kernel. */
long sys_uname(void __user *ubuf)
{
	struct new_utsname u;

	memset(&u, 0, sizeof(u));
	strscpy(u.sysname, UTS_SYSNAME, UTS_LEN);
	strscpy(u.nodename, current_uts_ns()->nodename, UTS_LEN);
	strscpy(u.release, UTS_RELEASE, UTS_LEN);
	strscpy(u.version, uts_version, UTS_LEN);
	strscpy(u.machine, UTS_MACHINE, UTS_LEN);
	strscpy(u.domainname, current_uts_ns()->domainname, UTS_LEN);
	return copy_to_user(ubuf, &u, sizeof(u)) ? -EFAULT : 0;
}

/* len bytes without an end, as sethostname(2) gives them. 0, -EINVAL, -EFAULT. */
static long set_name(char *name, const char __user *uname, int len)
{
	char tmp[UTS_LEN] = "";

	if (len < 0 || len >= UTS_LEN)
		return -EINVAL;
	if (copy_from_user(tmp, uname, len))
		return -EFAULT;
	memcpy(name, tmp, UTS_LEN);
	return 0;
}

long sys_sethostname(const char __user *name, long len)
{
	return set_name(current_uts_ns()->nodename, name, (int)len);
}

long sys_setdomainname(const char __user *name, long len)
{
	return set_name(current_uts_ns()->domainname, name, (int)len);
}

/* As sysinfo(2) describes it. */
struct user_sysinfo {
	long uptime;
	unsigned long loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	u16 procs, pad;
	unsigned long totalhigh, freehigh;
	u32 mem_unit;
	char padding[4];
};

/* What free and uptime show where /proc is not mounted. */
long sys_sysinfo(void __user *uinfo)
{
	struct user_sysinfo info;

	memset(&info, 0, sizeof(info));		/* the padding too goes to the program */
	info.uptime = ktime_get() / NSEC_PER_SEC;
	for (int i = 0; i < 3; i++)
		info.loads[i] = avenrun[i] << 5;	/* 11 fraction bits to 16 */
	info.totalram = totalram_pages() << PAGE_SHIFT;
	info.freeram = nr_free_pages() << PAGE_SHIFT;
	info.sharedram = node_page_state(NODE_DATA(0), NR_SHMEM) << PAGE_SHIFT;
	info.bufferram = nr_blockdev_pages() << PAGE_SHIFT;
	info.totalswap = total_swap_pages() << PAGE_SHIFT;
	info.freeswap = get_nr_swap_pages() << PAGE_SHIFT;
	info.procs = nr_threads_total();	/* the field has 16 bits, and threads count */
	info.mem_unit = 1;
	return copy_to_user(uinfo, &info, sizeof(info)) ? -EFAULT : 0;
}

/* ---- syslog(2) ---- */

#define SYSLOG_READ_ALL		3
#define SYSLOG_READ_CLEAR	4
#define SYSLOG_CLEAR		5
#define SYSLOG_CONSOLE_OFF	6
#define SYSLOG_CONSOLE_ON	7
#define SYSLOG_CONSOLE_LEVEL	8
#define SYSLOG_SIZE_UNREAD	9
#define SYSLOG_SIZE_BUFFER	10

static u64 clear_seq;			/* "dmesg -c": show only what is newer */

/* The last len bytes of the log, whole lines first to last. */
static long read_log(char __user *ubuf, int len, bool clear)
{
	char chunk[256];
	u64 seq = clear_seq, end = clear_seq;
	size_t n, skip = 0;
	long done = 0;

	/* Twice through the ring: how much there is, then the part that fits. */
	while ((n = log_read(&end, chunk, sizeof(chunk))))
		skip += n;
	skip = skip > (size_t)len ? skip - len : 0;
	while (seq < end && (n = log_read(&seq, chunk, min(sizeof(chunk), (size_t)(end - seq))))) {
		size_t from = min(n, skip);

		skip -= from;
		if (copy_to_user(ubuf + done, chunk + from, n - from))
			return -EFAULT;
		done += n - from;
	}
	if (clear)
		clear_seq = end;
	return done;
}

/* The actions of syslog(2); 0 and 1 open and close what needs neither. */
long sys_syslog(long type, char __user *buf, long ulen)
{
	int len = (int)ulen;

	switch ((int)type) {
	case 0:				/* close */
	case 1:				/* open */
		return 0;
	case SYSLOG_READ_ALL:
	case SYSLOG_READ_CLEAR:
		if (!buf || len < 0)
			return -EINVAL;
		return read_log(buf, len, (int)type == SYSLOG_READ_CLEAR);
	case SYSLOG_CLEAR: {
		char chunk[256];

		while (log_read(&clear_seq, chunk, sizeof(chunk)))
			;
		return 0;
	}
	case SYSLOG_CONSOLE_OFF:	/* all but emergencies */
		console_loglevel = 1;
		return 0;
	case SYSLOG_CONSOLE_ON:
		console_loglevel = 7;
		return 0;
	case SYSLOG_CONSOLE_LEVEL:
		if (len < 1 || len > 8)
			return -EINVAL;
		console_loglevel = len;
		return 0;
	case SYSLOG_SIZE_UNREAD:	/* of SYSLOG_READ, which is not offered: dmesg reads all */
		return 0;
	case SYSLOG_SIZE_BUFFER:
		return log_size();
	}
	return -EINVAL;
}

/* ---- odds and ends of thread start-up ---- */

#define ROBUST_LIST_HEAD_SIZE	24

/* Kept and told; walked when the thread ends (futex_robust.c). */
long sys_set_robust_list(void __user *head, unsigned long len)
{
	if (len != ROBUST_LIST_HEAD_SIZE)
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

/* Another thread's too, as debuggers ask. */
long sys_get_robust_list(long pid, void __user *__user *head, unsigned long __user *len)
{
	struct task_struct *t;
	void __user *list = current->robust_list;

	if ((pid_t)pid) {
		t = find_get_task((pid_t)pid);
		if (!t)
			return -ESRCH;
		list = t->robust_list;
		put_task_struct(t);
	}
	if (put_user(list, head) || put_user((unsigned long)ROBUST_LIST_HEAD_SIZE, len))
		return -EFAULT;
	return 0;
}

/*
 * Only Linux's own personality exists; of the flags ADDR_NO_RANDOMIZE is true whatever is asked
 * for. Kept for the answer, as setarch(8) and debuggers want it.
 */
long sys_personality(unsigned long persona)
{
	unsigned int old = current->personality;

	if ((u32)persona == 0xffffffff)
		return old;
	if (persona & 0xff)
		return -EINVAL;
	current->personality = (u32)persona;
	return old;
}

#define MEMBARRIER_CMD_QUERY			0
#define MEMBARRIER_CMD_GLOBAL			1
#define MEMBARRIER_CMD_GLOBAL_EXPEDITED		2
#define MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED 4
#define MEMBARRIER_CMD_PRIVATE_EXPEDITED	8
#define MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED 16
#define MEMBARRIER_ALL				31

/* A barrier on every hart: the fence of instructions is one of memory too, and is sent to all. */
long sys_membarrier(long cmd, unsigned long flags, long cpu)
{
	if ((u32)flags)
		return -EINVAL;
	switch ((int)cmd) {
	case MEMBARRIER_CMD_QUERY:
		return MEMBARRIER_ALL;
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
		return 0;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return sys_riscv_flush_icache(0, 0, 0);
	}
	return -EINVAL;
}

/* Go on with the sleep that a signal without a handler has interrupted. */
long sys_restart_syscall(void)
{
	struct restart_block *rb = &current->restart_block;
	long (*fn)(struct restart_block *) = rb->fn;

	rb->fn = NULL;			/* once: a program that just calls this gets EINTR */
	return fn ? fn(rb) : -EINTR;
}

void set_task_comm(struct task_struct *t, const char *name)
{
	char buf[TASK_COMM_LEN] = "";

	strscpy(buf, name, sizeof(buf));
	memcpy(t->comm, buf, sizeof(buf));	/* a reader sees old or new bytes and a final 0 */
}

/* Linux: __get_task_comm(). The end is made sure of, for the name may be changing. */
void get_task_comm(char buf[TASK_COMM_LEN], struct task_struct *t)
{
	memcpy(buf, t->comm, TASK_COMM_LEN);
	buf[TASK_COMM_LEN - 1] = '\0';
}
