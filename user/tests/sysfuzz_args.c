/* SPDX-License-Identifier: MIT */
/*
 * sysfuzz's arguments: what a call would take, near it, and anything at all.
 *
 * Structures are written to the stage, a few pages that hold random small numbers, so that a
 * pointer often leads to something that makes sense. The arena is for the memory calls only:
 * nobody but the kernel touches it, so the worker survives what happens to it.
 *
 * tame() is the list of what a fuzzer must not do to the machine it runs on. It works on the
 * final arguments, so no chance gets around it.
 *
 * Linux: the idea of trinity. Differs: small.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/tests/sysfuzz.h"

#define PICK(f, table) ((table)[below(f, ARRAY_LEN(table))])

uint32_t rnd(struct fuzz *f)
{
	f->rng = f->rng * 6364136223846793005UL + 1442695040888963407UL;
	return (f->rng >> 32) ^ (f->rng >> 47);
}

uint32_t below(struct fuzz *f, uint32_t n)
{
	return (uint64_t)rnd(f) * n >> 32;
}

int one_in(struct fuzz *f, uint32_t n)
{
	return !below(f, n);
}

/* ---- Values ---- */

static unsigned long anything(struct fuzz *f)
{
	static const unsigned long odd[] = {
		0, 1, -1UL, 8, 0x7fffffff, 0x80000000, 0xffffffff, 1UL << 38, (1UL << 38) - 4096,
		(1UL << 63) - 1, 1UL << 63, 0xffffffff80200000, 0xffffffd600000000, -4096UL,
		0x0123456789abc000, 4096, 4095, 1UL << 32, 1UL << 31, -4095UL, -100UL,
	};

	switch (below(f, 5)) {
	case 0:
		return PICK(f, odd);
	case 1:
		return (unsigned long)f->arena + below(f, (ARENA_PAGES + 2) * page_size);
	case 2:
		return 1UL << below(f, 64);
	case 3:
		return (uint64_t)rnd(f) << 32 | rnd(f);
	}
	return rnd(f) >> below(f, 32);
}

static unsigned long small(struct fuzz *f)
{
	switch (below(f, 8)) {
	case 0:
		return -1UL;
	case 1:
		return 1UL << below(f, 32);
	case 2:
		return below(f, 512);
	}
	return below(f, 12);
}

static unsigned long arena_page(struct fuzz *f)
{
	return (unsigned long)f->arena + below(f, ARENA_PAGES) * page_size;
}

/* Often near the end of a page. */
static unsigned long in_arena(struct fuzz *f)
{
	switch (below(f, 3)) {
	case 0:
		return arena_page(f) + page_size - below(f, 64);
	case 1:
		return arena_page(f);
	}
	return arena_page(f) + 8 * below(f, page_size / 8);
}

static unsigned long buffer(struct fuzz *f)
{
	return one_in(f, 4) ? (unsigned long)f->stage + 8 * below(f, page_size / 8) : in_arena(f);
}

static unsigned long size(struct fuzz *f)
{
	static const unsigned long sizes[] = { 0, 1, 7, 8, 64, 511, 4095, 4096, 4097, 65536 };

	return one_in(f, 4) ? below(f, 256) : PICK(f, sizes);
}

static unsigned long length(struct fuzz *f)
{
	if (one_in(f, 8))
		return size(f);
	return (1 + below(f, one_in(f, 8) ? ARENA_PAGES : 6)) * page_size;
}

static unsigned long offset(struct fuzz *f)
{
	if (one_in(f, 6))
		return anything(f);
	return one_in(f, 2) ? below(f, 32) * page_size : below(f, 20000);
}

/* ---- Structures on the stage ---- */

static unsigned long *stage(struct fuzz *f, unsigned int words)
{
	unsigned int at = f->staged;

	if (at + words * 8 > 2 * page_size)
		at = 0;
	f->staged = at + words * 8;
	return (unsigned long *)(f->stage + at);
}

/* 16 words of what any structure may hold: small numbers, descriptors, pointers. */
static unsigned long structure(struct fuzz *f)
{
	unsigned long *p = stage(f, 16);

	for (int i = 0; i < 16; i++) {
		uint32_t r = rnd(f);

		switch (r >> 29) {
		case 0:
			p[i] = buffer(f);
			break;
		case 1:
			p[i] = (r & 15) | (unsigned long)(r >> 4 & 15) << 32;
			break;
		case 2:
			p[i] = FIRST_FD + (r & 31);
			break;
		case 3:
			p[i] = r & 0xfffff;
			break;
		default:
			p[i] = r & (r >> 8) & 31;
		}
	}
	return (unsigned long)p;
}

/* Mostly short: what waits costs the test its time. */
static unsigned long timeout(struct fuzz *f)
{
	unsigned long *ts = stage(f, 2);

	ts[0] = one_in(f, 64) ? anything(f) : 0;
	ts[1] = one_in(f, 32) ? anything(f) : below(f, 200000);
	return (unsigned long)ts;
}

static unsigned long iovec(struct fuzz *f)
{
	unsigned long *v = stage(f, 16);

	for (int i = 0; i < 8; i++) {
		v[2 * i] = one_in(f, 16) ? anything(f) : buffer(f);
		v[2 * i + 1] = one_in(f, 16) ? anything(f) : size(f);
	}
	return (unsigned long)v;
}

/* SIGALRM ends calls that wait: it is nearly never blocked. */
static unsigned long signal_set(struct fuzz *f)
{
	unsigned long *set = stage(f, 1);

	*set = (uint64_t)(rnd(f) & rnd(f)) << 32 | (rnd(f) & rnd(f));
	if (!one_in(f, 64))
		*set &= ~(1UL << (SIGALRM - 1));
	return (unsigned long)set;
}

static void ignore_signal(int sig)
{
}

static unsigned long signal_action(struct fuzz *f)
{
	static const unsigned long flags[] = { 0, SA_RESTART, SA_SIGINFO, SA_ONSTACK, SA_NODEFER };
	unsigned long *sa = stage(f, 3);

	sa[0] = one_in(f, 16) ? anything(f) : one_in(f, 3) ? below(f, 2) :
		(unsigned long)ignore_signal;
	sa[1] = one_in(f, 16) ? anything(f) : PICK(f, flags);
	sa[2] = one_in(f, 4) ? rnd(f) : 0;
	return (unsigned long)sa;
}

/* ---- Names ---- */

/* In the worker's own directory. */
static unsigned long own_path(struct fuzz *f)
{
	static const char *const paths[] = {
		"f0", "f1", "f2", "f3", "d0", "d1", "d0/f0", "d0/d1", "d1/f1", "l0", "l1", "f4",
		"d0/../f0", "./f1", "fifo", "d0/", "f0/", "", ".", "l0/f0", "d0/l1",
	};
	char *p;

	if (!one_in(f, 40))
		return (unsigned long)PICK(f, paths);
	p = (char *)stage(f, 40);
	memset(p, 'x', 255 + below(f, 3));
	p[255 + below(f, 3)] = '\0';
	p[300] = '\0';
	return (unsigned long)p;
}

static unsigned long any_path(struct fuzz *f)
{
	static const char *const paths[] = {
		"/proc/self/maps", "/proc/self/stat", "/proc/self/status", "/proc/self/smaps",
		"/proc/meminfo", "/proc/self/fd", "/proc", "/proc/self", "/dev/null", "/dev/zero",
		"/dev/full", "/dev/urandom", "/proc/self/ns", "/proc/self/ns/pid", "/dev/tty",
		"/proc/self/ns/mnt", "/proc/self/ns/uts", "/proc/mounts", "/proc/self/mountinfo",
		"/proc/self/exe", "/proc/self/cwd/f0", "/proc/self/fd/3", "/proc/self/fd/7",
		"/proc/self/pagemap", "/proc/self/auxv", "/proc/self/cmdline", "/proc/self/mem",
		"/proc/vmstat", "/proc/slabinfo", "/proc/self/task", "/proc/self/oom_score",
		"/proc/self/root/dev/null", "/sys", "/no/such/path", "/bin/true/x", "/proc/1/stat",
		"/proc/self/numa_maps", "/proc/self/limits", "/proc/zoneinfo", "/proc/locks",
	};

	return one_in(f, 2) ? own_path(f) : (unsigned long)PICK(f, paths);
}

static unsigned long program(struct fuzz *f)
{
	static const char *const paths[] = { "f0", "f1", "elf", "elf", "/bin/true", "d0", "" };

	return (unsigned long)PICK(f, paths);
}

static unsigned long fs_type(struct fuzz *f)
{
	static const char *const types[] = { "tmpfs", "proc", "sysfs", "devtmpfs", "ext2", "nofs" };

	return (unsigned long)PICK(f, types);
}

/* ---- Flags ---- */

static unsigned long some_bits(struct fuzz *f, unsigned long all)
{
	unsigned long bits = all & rnd(f);

	return one_in(f, 3) ? bits : bits & rnd(f) & rnd(f);
}

static unsigned long open_flags(struct fuzz *f)
{
	static const unsigned long base[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_CREAT };

	return PICK(f, base) | some_bits(f, O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_DIRECTORY |
					    O_NOFOLLOW | O_CLOEXEC | O_PATH) |
	       (one_in(f, 16) ? 0 : O_NONBLOCK);
}

static unsigned long map_flags(struct fuzz *f)
{
	static const unsigned long base[] = {
		MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED,
	};
	unsigned long flags = PICK(f, base);

	if (!one_in(f, 8))
		flags |= MAP_FIXED;	/* else it grows and grows */
	return flags | some_bits(f, MAP_NORESERVE | MAP_POPULATE | MAP_LOCKED | MAP_STACK |
				    MAP_GROWSDOWN);
}

static unsigned long at_flags(struct fuzz *f)
{
	static const unsigned long flags[] = { 0, 0, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x1400 };

	return PICK(f, flags);
}

static unsigned long mount_flags(struct fuzz *f)
{
	static const unsigned long flags[] = {
		0, MS_BIND, MS_MOVE, MS_REMOUNT, MS_BIND | MS_REC, MS_REMOUNT | MS_BIND,
		MS_PRIVATE, MS_PRIVATE | MS_REC, MS_SHARED, MS_SLAVE | MS_REC, MS_RDONLY,
	};

	return PICK(f, flags);
}

static unsigned long namespace_flags(struct fuzz *f)
{
	return some_bits(f, 0x00020000 | 0x04000000 | 0x20000000 | 0x200 | 0x400);
}

static unsigned long ioctl_cmd(struct fuzz *f)
{
	static const unsigned long cmds[] = {
		0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451, 0x1260, 0x80081272, 0xb701, 0xb702,
		0xb703, 0xb704, 0x540f, 0x5429, 0xc020660b, 0x5402,
	};

	return one_in(f, 8) ? anything(f) : PICK(f, cmds);
}

/* Its own, mostly; -1 only where it does no harm, which tame() sees to. */
static unsigned long own_pid(struct fuzz *f)
{
	switch (below(f, 6)) {
	case 0:
		return 30000 + below(f, 3000);
	case 1:
		return -1UL;
	case 2:
		return getpid();
	}
	return 0;
}

static unsigned long a_signal(struct fuzz *f)
{
	static const unsigned long harmless[] = { 0, SIGCHLD, SIGCONT, SIGURG, SIGWINCH };

	/* Most others end the process: not too often. */
	return one_in(f, 24) ? below(f, 66) : PICK(f, harmless);
}

/* The first 18 are what open_fds() opened. */
static unsigned long any_fd(struct fuzz *f)
{
	return FIRST_FD + below(f, one_in(f, 3) ? LAST_FD - FIRST_FD : 18);
}

static unsigned long prot(struct fuzz *f)
{
	return one_in(f, 16) ? small(f) : one_in(f, 3) ? below(f, 8) : PROT_READ | PROT_WRITE;
}

/* See sysfuzz_table.c for who takes what. */
static unsigned long sensible_arg(struct fuzz *f, char kind)
{
	switch (kind) {
	case '0': return 0;
	case '8': return 8;
	case 'a': return one_in(f, 8) ? in_arena(f) : arena_page(f);
	case 'A': return below(f, 27);
	case 'b': return buffer(f);
	case 'B': return mount_flags(f);
	case 'c': return below(f, 9);
	case 'C': return below(f, 13);
	case 'd': return one_in(f, 8) ? any_fd(f) : (unsigned long)AT_FDCWD;
	case 'E': return program(f);
	case 'f': return any_fd(f);
	case 'F': return one_in(f, 4) ? 1024 + below(f, 12) : below(f, 42);
	case 'G': return namespace_flags(f);
	case 'i': return small(f);
	case 'I': return ioctl_cmd(f);
	case 'k': return own_pid(f);
	case 'l': return length(f);
	case 'L': return length(f);
	case 'm': return rnd(f) & (one_in(f, 4) ? 0177777 : 0777);
	case 'M': return map_flags(f);
	case 'n': return size(f);
	case 'o': return open_flags(f);
	case 'O': return offset(f);
	case 'p': return any_path(f);
	case 'P': return prot(f);
	case 'q': return signal_set(f);
	case 'r': return below(f, 17);
	case 's': return a_signal(f);
	case 'S': return fs_type(f);
	case 't': return timeout(f);
	case 'u': return (unsigned long)f->stage + 2 * page_size + 4 * below(f, 8);
	case 'U': return below(f, 14) | (one_in(f, 2) ? FUTEX_PRIVATE_FLAG : 0);
	case 'v': return iovec(f);
	case 'w': return own_path(f);
	case 'W': return at_flags(f);
	case 'Y': return structure(f);
	case 'y': return structure(f);
	case 'Z': return signal_action(f);
	}
	return anything(f);
}

unsigned long make_arg(struct fuzz *f, char kind)
{
	return one_in(f, 20) ? anything(f) : sensible_arg(f, kind);
}

/* ---- What must not happen ---- */

/* It may signal and change itself, its own group, and what does not exist. */
static void own_process_only(struct fuzz *f, unsigned long *pid)
{
	int p = (int)*pid;

	if (p && p != getpid() && p < 30000)
		*pid = 0;
}

static void itself_only(unsigned long *pid)
{
	if ((int)*pid < 30000)
		*pid = getpid();
}

/* Limits that make the worker useless, and NOFILE and FSIZE, which keep the test small. */
static int tame_limit(struct fuzz *f, unsigned long resource)
{
	switch ((unsigned int)resource) {
	case RLIMIT_NOFILE: case RLIMIT_FSIZE: case RLIMIT_CPU: case RLIMIT_NPROC:
		return 0;
	case RLIMIT_AS: case RLIMIT_DATA:
		return one_in(f, 20);
	}
	return 1;
}

static int tame_fcntl(const unsigned long *a)
{
	enum { SETOWN = 8, SETOWN_EX = 15 };
	int cmd = (int)a[1];

	return cmd != SETOWN && cmd != SETOWN_EX;
}

static int tame_process_call(struct fuzz *f, int nr, unsigned long *a)
{
	switch (nr) {
	case SYS_kill: case SYS_rt_sigqueueinfo: case SYS_tgkill: case SYS_tkill:
	case SYS_rt_tgsigqueueinfo: case SYS_pidfd_open:
		itself_only(&a[0]);
		if (nr == SYS_tgkill || nr == SYS_rt_tgsigqueueinfo)
			itself_only(&a[1]);
		return 1;
	case SYS_setpgid: case SYS_sched_setaffinity: case SYS_sched_setscheduler:
	case SYS_sched_setparam: case SYS_sched_setattr: case SYS_migrate_pages:
	case SYS_move_pages: case SYS_process_vm_writev:
		own_process_only(f, &a[0]);
		return 1;
	case SYS_setpriority: case SYS_ioprio_set:
		a[0] = nr == SYS_ioprio_set;	/* one process, not all of the user's */
		own_process_only(f, &a[1]);
		return 1;
	case SYS_prlimit64:
		own_process_only(f, &a[0]);
		return tame_limit(f, a[1]);
	case SYS_setrlimit:
		return tame_limit(f, a[0]);
	case SYS_ptrace:
		own_process_only(f, &a[1]);
		return 1;
	}
	return 1;
}

int tame(struct fuzz *f, int nr, unsigned long *a)
{
	switch (nr) {
	case SYS_clone: case SYS_clone3: case SYS_vhangup: case SYS_exit: case SYS_exit_group:
		return 0;		/* fuzz_clone() makes tasks; they end by themselves */
	case SYS_reboot:
		a[0] &= 0xffff;
		return 1;
	case SYS_clock_settime: case SYS_settimeofday: case SYS_adjtimex: case SYS_clock_adjtime:
		return 0;
	case SYS_mount: case SYS_umount2: case SYS_pivot_root: case SYS_chroot:
	case SYS_move_mount:
		return f->own_mounts;
	case SYS_sethostname: case SYS_setdomainname:
		return f->own_names;
	case SYS_rt_sigreturn:		/* ends the worker: what it takes for a frame is none */
		return one_in(f, 20);
	case SYS_setns:			/* it would leave its own for the machine's */
		return f->own_mounts && one_in(f, 50);
	case SYS_syslog:
		return (int)a[0] < 4 || (int)a[0] > 8;
	case SYS_fcntl:
		return tame_fcntl(a);
	}
	return tame_process_call(f, nr, a);
}
