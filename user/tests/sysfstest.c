/* SPDX-License-Identifier: MIT */
/*
 * sysfstest - /sys as programs use it: every file can be read, links lead somewhere,
 * nothing can be made or taken away, and its numbers are those of /proc. Memory policies, which
 * libnuma sets by what it reads there. The files of /proc that only tools read.
 *
 * Linux: none. Differs: written from the tools' habits and set_mempolicy(2), mbind(2),
 * move_pages(2).
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/uapi/mempolicy.h"
#include "user/tests/testlib.h"

static char text[65536], again[65536];

static long slurp(const char *path)
{
	int fd = OK(open(path, O_RDONLY));
	long n = OK(read(fd, text, sizeof(text) - 1));

	text[n] = '\0';
	close(fd);
	return n;
}

static long number_in(const char *path)
{
	slurp(path);
	return strtol(text, NULL, 10);
}

/* ---- the tree ---- */

/* One read is all; small pieces are the same; the size is a page, as tools expect. */
static void read_pieces(const char *path)
{
	struct stat st;
	int fd = OK(open(path, O_RDONLY));
	long n = OK(read(fd, text, sizeof(text))), at = 0, got;

	OK(fstat(fd, &st));
	EXPECT(page_size, st.st_size);
	EXPECT(0, OK(read(fd, again, 1)));
	EXPECT(0, OK(lseek(fd, 0, SEEK_SET)));
	while ((got = OK(read(fd, again + at, 5))) > 0)
		at += got;
	CHECK((at > 0) == (n > 0));
	close(fd);
}

static void walk(const char *path, int *files)
{
	DIR *dir = opendir(path);
	char name[256];
	struct dirent *e;
	struct stat st;

	CHECK(dir);
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		OK(stat(name, &st));		/* a link leads somewhere */
		if (e->d_type == DT_DIR) {
			walk(name, files);
		} else if (e->d_type == DT_REG && (st.st_mode & 0400)) {
			if (!strstr(name, "tracing"))
				read_pieces(name);
			++*files;
		}
	}
	closedir(dir);
}

static void whole_tree(void)
{
	int files = 0;

	walk("/sys", &files);
	CHECK(files > 150);
}

static void read_only(void)
{
	int fd = OK(open("/sys/devices/system/cpu/online", O_RDWR));

	EXPECT_ERRNO(EIO, write(fd, "1", 1));
	close(fd);
	EXPECT_ERRNO(ENOENT, mkdir("/sys/kernel/new", 0755));	/* Linux: EPERM */
	EXPECT_ERRNO(EPERM, unlink("/sys/devices/system/cpu/online"));
	EXPECT_ERRNO(EPERM, rmdir("/sys/kernel"));
	EXPECT_ERRNO(ENOENT, open("/sys/kernel/nothing", O_RDONLY));
	EXPECT_ERRNO(ENOTDIR, open("/sys/devices/system/cpu/online/x", O_RDONLY));
	fd = OK(open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDWR));
	EXPECT(6, write(fd, "never\n", 6));
	EXPECT_ERRNO(EINVAL, write(fd, "always\n", 7));
	EXPECT_ERRNO(EINVAL, write(fd, text, sizeof(text)));
	EXPECT_ERRNO(EFAULT, write(fd, (void *)8, 6));
	close(fd);
}

/* ---- its numbers ---- */

static void counts_agree(void)
{
	long total = 0, node_total, blocks = 0, block_size;
	struct dirent *e;
	char *end;
	DIR *dir;

	slurp("/sys/devices/system/node/node0/meminfo");
	node_total = strtol(strstr(text, "MemTotal:") + 9, NULL, 10);
	total = mem_kib("MemTotal:");
	if (access("/sys/devices/system/node/node1", F_OK))
		EXPECT(total, node_total);
	slurp("/sys/devices/system/memory/block_size_bytes");
	block_size = strtol(text, &end, 16);
	CHECK(*end == '\n' && block_size >= page_size);
	dir = opendir("/sys/devices/system/memory");
	while ((e = readdir(dir)))
		blocks += !strncmp(e->d_name, "memory", 6);
	closedir(dir);
	CHECK(blocks * (block_size / 1024) >= total);
}

static void cpus_agree(void)
{
	cpu_set_t set;
	char path[64];
	int n = 0, cpu;

	OK(sched_getaffinity(1, sizeof(set), &set));
	for (cpu = 0; cpu < 64; cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		if (access(path, F_OK) == 0)
			n += number_in(path) == 1;
	}
	EXPECT(CPU_COUNT(&set), n);
	slurp("/sys/devices/system/cpu/online");
	EXPECT(n, n == 1 ? 1 : atoi(strchr(text, '-') + 1) + 1);
}

/* ---- memory policies ---- */

static long set_policy(int mode, unsigned long nodes)
{
	return syscall(__NR_set_mempolicy, (long)mode, &nodes, 65L);
}

static long get_policy(int *mode, unsigned long *nodes, void *addr, unsigned long flags)
{
	return syscall(__NR_get_mempolicy, mode, nodes, 65L, addr, flags);
}

static void task_policy(void)
{
	unsigned long nodes = ~0UL;
	int mode = -1;

	OK(get_policy(&mode, &nodes, NULL, 0));
	EXPECT(MPOL_DEFAULT, mode);
	EXPECT(0, nodes);
	OK(set_policy(MPOL_BIND, 1));
	OK(get_policy(&mode, &nodes, NULL, 0));
	EXPECT(MPOL_BIND, mode);
	EXPECT(1, nodes);
	/* Nodes that are not there: some are left out, none left is an error. */
	EXPECT_ERRNO(EINVAL, set_policy(MPOL_BIND, 1UL << 20));
	EXPECT_ERRNO(EINVAL, set_policy(MPOL_BIND, 0));
	EXPECT_ERRNO(EINVAL, set_policy(MPOL_DEFAULT, 1));
	EXPECT_ERRNO(EINVAL, set_policy(MPOL_LOCAL, 1));
	EXPECT_ERRNO(EINVAL, set_policy(99, 1));
	mode = MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES;
	EXPECT_ERRNO(EINVAL, set_policy(mode, 1));
	EXPECT_ERRNO(EFAULT, syscall(__NR_set_mempolicy, (long)MPOL_BIND, 8L, 65L));
	OK(set_policy(MPOL_PREFERRED, 0));
	OK(get_policy(&mode, NULL, NULL, 0));
	EXPECT(MPOL_LOCAL, mode);
	OK(set_policy(MPOL_INTERLEAVE, 1));
	OK(get_policy(&mode, NULL, NULL, MPOL_F_NODE));
	EXPECT(0, mode);
	OK(get_policy(NULL, &nodes, NULL, MPOL_F_MEMS_ALLOWED));
	CHECK(nodes & 1);
	EXPECT_ERRNO(EINVAL, get_policy(NULL, &nodes, text, 0));
	EXPECT_ERRNO(EINVAL, get_policy(NULL, &nodes, NULL, 64));
}

/* How many lines of numa_maps have this word. */
static int lines_with(const char *word)
{
	int n = 0;

	slurp("/proc/self/numa_maps");
	for (char *p = text; (p = strstr(p, word)); p++)
		n++;
	return n;
}

static long bind_to_0(void *p, long len, long flags)
{
	unsigned long nodes = 1;

	return syscall(__NR_mbind, p, len, (long)MPOL_BIND, &nodes, 65L, flags);
}

static void mapping_policy(void)
{
	char *p = pages(8);
	int maps = map_count(), mode;
	pid_t pid;

	OK(bind_to_0(p + 2 * page_size, 2 * page_size, 0));
	EXPECT(maps + 2, map_count());
	EXPECT(1, lines_with(" bind:0"));
	OK(get_policy(&mode, NULL, p + 3 * page_size, MPOL_F_ADDR));
	EXPECT(MPOL_BIND, mode);
	OK(get_policy(&mode, NULL, p, MPOL_F_ADDR));
	EXPECT(MPOL_DEFAULT, mode);
	OK(get_policy(&mode, NULL, p + 3 * page_size, MPOL_F_ADDR | MPOL_F_NODE));
	EXPECT(0, mode);
	pid = OK(fork());
	if (!pid)
		_exit(lines_with(" bind:0"));
	EXPECT_EXIT(1, pid);
	/* The default again: the parts are one mapping again. */
	OK(syscall(__NR_mbind, p, 8 * page_size, (long)MPOL_DEFAULT, NULL, 0L, 0L));
	EXPECT(maps, map_count());
	EXPECT_ERRNO(EINVAL, bind_to_0(p + 1, page_size, 0));
	EXPECT_ERRNO(EINVAL, bind_to_0(p, page_size, 99));
	OK(munmap(p + 4 * page_size, page_size));
	EXPECT_ERRNO(EFAULT, bind_to_0(p, 8 * page_size, 0));
}

static void where_pages_are(void)
{
	char *p = pages(3);
	void *addrs[4] = { p, p + page_size, p + 2 * page_size, (void *)8 };
	int status[4], node = 77;
	unsigned long from = 1, to = 1;

	p[0] = p[2 * page_size] = 1;
	OK(syscall(__NR_move_pages, 0L, 4L, addrs, NULL, status, 0L));
	EXPECT(0, status[0]);
	EXPECT(-ENOENT, status[1]);
	EXPECT(0, status[2]);
	EXPECT(-EFAULT, status[3]);
	EXPECT_ERRNO(ENODEV, syscall(__NR_move_pages, 0L, 1L, addrs, &node, status, 2L));
	node = 0;
	OK(syscall(__NR_move_pages, 0L, 1L, addrs, &node, status, 2L));
	EXPECT(0, status[0]);
	EXPECT_ERRNO(EINVAL, syscall(__NR_move_pages, 0L, 1L, addrs, &node, status, 8L));
	EXPECT_ERRNO(EFAULT, syscall(__NR_move_pages, 0L, 1L, NULL, NULL, status, 0L));
	EXPECT_ERRNO(ESRCH, syscall(__NR_move_pages, 4000000L, 1L, addrs, NULL, status, 0L));
	EXPECT(0, syscall(__NR_migrate_pages, 0L, 65L, &from, &to));
	to = 0;
	EXPECT_ERRNO(EINVAL, syscall(__NR_migrate_pages, 0L, 65L, &from, &to));
}

/* ---- /proc, what only tools read ---- */

static void fdinfo(void)
{
	int fd = OK(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	char path[64];

	OK(lseek(fd, 7, SEEK_SET));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	slurp(path);
	CHECK(!strncmp(text, "pos:\t7\nflags:\t0", 15));
	CHECK(strstr(text, "\nmnt_id:\t"));
	close(fd);
	EXPECT_ERRNO(ENOENT, open(path, O_RDONLY));
}

/* A child that sleeps has a stack, a system call, and used some time; it is listed as ours. */
static void sleeping_child(void)
{
	char path[64];
	pid_t pid = OK(fork());

	while (!pid)
		pause();
	/* State S comes before it has left its hart, and until then it is said to run. */
	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	while (number_in(path) != __NR_ppoll && strtol(text, NULL, 10) != __NR_rt_sigsuspend)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	slurp(path);
	CHECK(strstr(text, ") S "));
	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	slurp(path);
	CHECK(strstr(text, "[<0>] "));
	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	CHECK(number_in(path) > 0);
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	EXPECT(pid, number_in(path));
	/* killall(1) signals through the directory it found the process in. */
	snprintf(path, sizeof(path), "/proc/%d", pid);
	OK(syscall(__NR_pidfd_send_signal, OK(open(path, O_RDONLY | O_DIRECTORY)), 9L, NULL, 0L));
	EXPECT_KILLED(9, pid);
}

/* What the timer and the other harts interrupt is counted, and is in /proc/stat's total. */
static void interrupts_count(void)
{
	long before, after;

	slurp("/proc/stat");
	before = strtol(strstr(text, "intr ") + 5, NULL, 10);
	slurp("/proc/interrupts");
	CHECK(strstr(text, "riscv-timer") && strstr(text, "IPI0:"));
	nap(60);
	slurp("/proc/stat");
	after = strtol(strstr(text, "intr ") + 5, NULL, 10);
	CHECK(after > before);
}

static const struct subtest tests[] = {
	{ "whole_tree", whole_tree, T_NOMMU | T_QUIRE },
	{ "read_only", read_only, T_NOMMU | T_QUIRE },
	{ "counts_agree", counts_agree, T_NOMMU | T_QUIRE },
	{ "cpus_agree", cpus_agree, T_NOMMU },
	{ "task_policy", task_policy, 0 },
	{ "mapping_policy", mapping_policy, 0 },
	{ "where_pages_are", where_pages_are, 0 },
	{ "fdinfo", fdinfo, T_NOMMU },
	{ "sleeping_child", sleeping_child, T_QUIRE },
	{ "interrupts_count", interrupts_count, T_NOMMU | T_QUIRE },
};
SUITE(sysfstest_suite, "sysfstest", tests);
