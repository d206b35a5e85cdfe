/* SPDX-License-Identifier: MIT */
/*
 * procfstest - /proc as programs use it: one read gives a whole file, rewinding makes it anew,
 * figures of different files agree, files of processes that die say ESRCH, and page maps tell
 * where memory really is.
 *
 * Linux: tools/testing/selftests/proc. Differs: written from proc(5) and the tools' habits.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

static char text[65536], again[65536];

static const char *const fixed_files[] = {
	"meminfo", "vmstat", "buddyinfo", "zoneinfo", "pagetypeinfo", "slabinfo", "vmallocinfo",
	"swaps", "stat", "uptime", "loadavg", "interrupts", "cpuinfo", "version", "cmdline",
	"filesystems", "devices", "partitions", "diskstats", "mounts", "softirqs", "iomem",
	"consoles", "modules", "net/unix",
};
static const char *const task_files[] = {
	"stat", "statm", "status", "maps", "smaps", "smaps_rollup", "limits", "cmdline", "environ",
	"auxv", "comm", "oom_score", "oom_score_adj", "io", "wchan", "mounts", "mountinfo",
	"numa_maps", "schedstat", "stack", "syscall", "personality",
};

static int open_proc(const char *dir, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%s%s%s", dir, *dir ? "/" : "", name);
	return open(path, flags);
}

/* ---- Reading ---- */

/* One read(2) is the whole file; after lseek(0) there is a new one. */
static void whole(const char *dir, const char *name)
{
	struct stat st;
	int fd = OK(open_proc(dir, name, O_RDONLY));
	long n = OK(read(fd, text, sizeof(text))), got;

	OK(fstat(fd, &st));
	EXPECT(0, st.st_size);
	CHECK(S_ISREG(st.st_mode));
	CHECK(n < (long)sizeof(text));
	EXPECT(0, OK(read(fd, again, sizeof(again))));
	EXPECT(0, lseek(fd, 0, SEEK_SET));
	got = OK(read(fd, again, sizeof(again)));
	/* Who is awake has no stack to show, and init wakes up whenever an orphan ends. */
	CHECK((got > 0) == (n > 0) || !strcmp(name, "stack"));
	EXPECT_ERRNO(EINVAL, lseek(fd, -1, SEEK_SET));
	EXPECT_ERRNO(EINVAL, lseek(fd, 0, SEEK_END));
	close(fd);
}

static void whole_files(void)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed_files); i++)
		whole("", fixed_files[i]);
	for (size_t i = 0; i < ARRAY_LEN(task_files); i++) {
		whole("self", task_files[i]);
		whole("1", task_files[i]);
		whole("thread-self", task_files[i]);
	}
}

/* Small reads give the same bytes as a large one, and of one moment. */
static void small_reads(void)
{
	int fd = OK(open("/proc/cpuinfo", O_RDONLY));
	long n = OK(read(fd, text, sizeof(text))), at = 0, got;

	CHECK(n > 40);
	OK(lseek(fd, 0, SEEK_SET));
	while ((got = OK(read(fd, again + at, 7))) > 0)
		at += got;
	EXPECT(n, at);
	CHECK(!memcmp(text, again, n));
	EXPECT(5, pread(fd, again, 5, 10));
	CHECK(!memcmp(text + 10, again, 5));
	EXPECT(0, pread(fd, again, 5, n + 100));
	EXPECT(0, pread(fd, again, 5, INT64_MAX - 5));
	EXPECT_ERRNO(EINVAL, pread(fd, again, 5, -1));
	EXPECT(0, read(fd, again, 0));
	OK(lseek(fd, 0, SEEK_SET));
	EXPECT_ERRNO(EFAULT, read(fd, (void *)8, 100));
	EXPECT(n, read(fd, again, sizeof(again)));
	EXPECT_ERRNO(EIO, write(OK(open("/proc/meminfo", O_RDWR)), "1", 1));
	EXPECT_ERRNO(EINVAL, write(OK(open("/proc/self/status", O_RDWR)), "1", 1));
}

/* ---- Figures ---- */

static void meminfo_moves(void)
{
	long settled = free_pages_settled() * page_size / 1024;
	long anon = mem_kib("AnonPages:"), committed = mem_kib("Committed_AS:");
	long mlocked = mem_kib("Mlocked:"), free = mem_kib("MemFree:");
	char *p = pages(256);

	CHECK(labs(settled - free) <= 64);
	memset(p, 1, 256 * page_size);
	CHECK(mem_kib("AnonPages:") - anon >= 1024);
	CHECK(mem_kib("AnonPages:") - anon < 1024 + 64);
	CHECK(mem_kib("Committed_AS:") - committed >= 1024);
	/* A slab that a hart gives back or takes is a page or two either way. */
	CHECK(labs(free - mem_kib("MemFree:") - 1024) < 64);
	OK(mlock(p, 16 * page_size));
	EXPECT(mlocked + 64, mem_kib("Mlocked:"));
	OK(munmap(p, 256 * page_size));
	EXPECT(mlocked, mem_kib("Mlocked:"));
	EXPECT(mem_kib("Slab:"), mem_kib("Slab:"));
	CHECK(mem_kib("MemAvailable:") <= mem_kib("MemTotal:"));
}

static void stat_fields(void)
{
	long utime, stime, vsize, rss;
	int nr = 0, state;
	char *p;

	CHECK(read_file("/proc/self/stat", text, sizeof(text)) > 0);
	EXPECT(getpid(), strtol(text, &p, 10));
	p = strrchr(text, ')');
	CHECK(p && p[1] == ' ');
	state = p[2];
	EXPECT('R', state);
	for (p += 2; (p = strchr(p, ' ')); p++)
		nr++;
	EXPECT(49, nr);		/* 52 in all: pid and comm before, the state without a blank */
	p = strrchr(text, ')') + 2;
	EXPECT(10, sscanf(p, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld %*d %*d %*d %*d "
			  "%*d %*d %*u %ld %ld", &utime, &stime, &vsize, &rss) + 6);
	EXPECT(status_kib("VmSize:") * 1024, vsize);
	CHECK(rss > 0 && utime >= 0 && stime >= 0);
}

static void cpu_time_counts(void)
{
	long before, after;

	before = file_field("/proc/stat", "cpu");
	for (volatile long i = 0; i < 100 * 1000 * 1000L; i++)
		if (!(i % 1000000) && file_field("/proc/stat", "cpu") - before > 5)
			break;
	after = file_field("/proc/stat", "cpu");
	CHECK(after > before && after - before < 100000);
	CHECK(file_field("/proc/stat", "btime") > 0);
	CHECK(file_field("/proc/stat", "procs_running") >= 1);
	CHECK(file_field("/proc/stat", "ctxt") > 0 && file_field("/proc/stat", "processes") > 0);
}

/* A key of the smaps block of the mapping that begins at addr. */
static long smaps_kib(const void *addr, const char *key)
{
	char head[32], *block;

	CHECK(read_file("/proc/self/smaps", text, sizeof(text)) > 0);
	snprintf(head, sizeof(head), "%08lx-", (unsigned long)addr);
	block = strstr(text, head);
	CHECK(block);
	return field(strchr(block, '\n') + 1, key);
}

static void smaps_of_a_mapping(void)
{
	char *p = pages(16);
	int fds[2];
	pid_t child;

	for (int i = 0; i < 5; i++)
		p[i * page_size] = 1;
	(void)*(volatile char *)(p + 10 * page_size);	/* the zero page: nobody's memory */
	EXPECT(64, smaps_kib(p, "Size:"));
	EXPECT(20, smaps_kib(p, "Rss:"));
	EXPECT(20, smaps_kib(p, "Pss:"));
	EXPECT(20, smaps_kib(p, "Private_Dirty:"));
	EXPECT(20, smaps_kib(p, "Anonymous:"));
	EXPECT(0, smaps_kib(p, "Locked:"));
	OK(pipe(fds));
	child = OK(fork());
	if (!child) {
		close(fds[1]);
		_exit(read(fds[0], text, 1));
	}
	EXPECT(20, smaps_kib(p, "Rss:"));
	EXPECT(10, smaps_kib(p, "Pss:"));
	EXPECT(20, smaps_kib(p, "Shared_Dirty:"));
	EXPECT(0, smaps_kib(p, "Private_Dirty:"));
	p[0] = 2;
	EXPECT(4, smaps_kib(p, "Private_Dirty:"));
	EXPECT(12, smaps_kib(p, "Pss:"));
	close(fds[1]);
	EXPECT_EXIT(0, child);
	OK(mlock(p, 16 * page_size));
	EXPECT(64, smaps_kib(p, "Locked:"));
}

static void rollup_is_the_sum(void)
{
	long sum = 0;

	/* The first time round the buffers themselves become resident. */
	for (int i = 0; i < 2; i++) {
		CHECK(read_file("/proc/self/smaps", text, sizeof(text)) > 0);
		CHECK(read_file("/proc/self/smaps_rollup", again, sizeof(again)) > 0);
	}
	for (char *s = text; (s = strstr(s, "\nRss:")); s++)
		sum += field(s + 1, "Rss:");
	EXPECT(sum, field(again, "Rss:"));
	EXPECT(sum, field(again, "Private_Dirty:") + field(again, "Private_Clean:") +
	       field(again, "Shared_Dirty:") + field(again, "Shared_Clean:"));
}

/* ---- pagemap ---- */

#define PM_PFN		((1UL << 55) - 1)
#define PM_EXCLUSIVE	(1UL << 56)
#define PM_FILE		(1UL << 61)
#define PM_PRESENT	(1UL << 63)

static uint64_t pagemap(int fd, const volatile void *addr)
{
	uint64_t entry;

	EXPECT(8, pread(fd, &entry, 8, (unsigned long)addr / page_size * 8));
	return entry;
}

static void pagemap_tells(void)
{
	int fd = OK(open("/proc/self/pagemap", O_RDONLY));
	char *p = pages(1024), *shared;
	uint64_t map[8];

	p[0] = p[2 * page_size] = p[1023 * page_size] = 1;
	CHECK(pagemap(fd, p) & PM_PRESENT && pagemap(fd, p) & PM_EXCLUSIVE);
	CHECK(!(pagemap(fd, p) & PM_FILE));
	EXPECT(0, pagemap(fd, p + page_size));
	CHECK((pagemap(fd, p) & PM_PFN) != (pagemap(fd, p + 2 * page_size) & PM_PFN));
	EXPECT(64, pread(fd, map, 64, ((unsigned long)p / page_size - 2) * 8));
	EXPECT(pagemap(fd, p), map[2]);
	EXPECT(0, map[3]);
	EXPECT(pagemap(fd, p + 2 * page_size), map[4]);
	EXPECT(8192, pread(fd, text, 8192, (unsigned long)p / page_size * 8));
	CHECK(((uint64_t *)text)[1023] & PM_PRESENT);
	shared = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	shared[0] = 1;
	CHECK(pagemap(fd, shared) & PM_PRESENT && pagemap(fd, shared) & PM_FILE);
	EXPECT_ERRNO(EINVAL, pread(fd, map, 8, 3));
	EXPECT_ERRNO(EINVAL, pread(fd, map, 7, 0));
	EXPECT(0, pread(fd, map, 0, 0));
	EXPECT(0, pread(fd, map, 8, INT64_MAX & ~7L));
	EXPECT_ERRNO(EFAULT, pread(fd, (void *)8, 64, 0));
	OK(munmap(p, 1024 * page_size));
	EXPECT(0, pagemap(fd, p));
}

/* ---- Links and directories ---- */

static void links(void)
{
	char name[64], target[256];
	int fd = OK(open("/tmp/procfstest", O_RDWR | O_CREAT, 0600));
	struct stat a, b;
	ssize_t n;

	EXPECT(1, write(fd, "x", 1));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = OK(readlink(name, target, sizeof(target) - 1));
	target[n] = '\0';
	CHECK(!strcmp(target, "/tmp/procfstest"));
	OK(unlink("/tmp/procfstest"));
	n = OK(readlink(name, target, sizeof(target) - 1));
	target[n] = '\0';
	CHECK(!strcmp(target, "/tmp/procfstest (deleted)"));
	/* The link leads to the file although the name is gone. */
	EXPECT(1, read(OK(open(name, O_RDONLY)), target, 8));
	OK(fstat(fd, &a));
	OK(stat(name, &b));
	EXPECT(a.st_ino, b.st_ino);
	EXPECT_ERRNO(ENOENT, open("/proc/self/fd/9999", O_RDONLY));
	EXPECT_ERRNO(ENOENT, open("/proc/self/fd/x", O_RDONLY));
	EXPECT_ERRNO(ENOENT, open("/proc/self/nothing", O_RDONLY));
	EXPECT_ERRNO(ENOENT, open("/proc/0/stat", O_RDONLY));
	EXPECT_ERRNO(ENOENT, open("/proc/2147483648/stat", O_RDONLY));
	n = OK(readlink("/proc/self", target, sizeof(target) - 1));
	target[n] = '\0';
	EXPECT(getpid(), atoi(target));
	OK(chdir("/tmp"));
	n = OK(readlink("/proc/self/cwd", target, sizeof(target) - 1));
	CHECK(n == 4 && !memcmp(target, "/tmp", 4));
	n = OK(readlink("/proc/self/exe", target, sizeof(target) - 1));
	CHECK(n > 1 && target[0] == '/');
	OK(chdir("/proc/self/root/proc/self/cwd"));
}

/* Names, and numbers that stay the same: what find(1) compares. */
static void directory(const char *path, int at_least)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	struct stat st;
	int nr = 0;

	CHECK(dir);
	while ((e = readdir(dir))) {
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			EXPECT(ENOENT, errno);		/* it has ended meanwhile */
			continue;
		}
		if (strcmp(e->d_name, "..") && strcmp(path, "/"))
			EXPECT(e->d_ino, st.st_ino);
		EXPECT((st.st_mode & S_IFMT) >> 12, e->d_type);
		nr++;
	}
	closedir(dir);
	CHECK(nr >= at_least);
}

static void directories(void)
{
	directory("/proc", 25);
	directory("/proc/1", 20);
	directory("/proc/self/task", 3);
	directory("/proc/thread-self", 20);
	directory("/proc/self/fd", 4);
	directory("/proc/sys", 4);
	directory("/proc/sys/vm", 20);
	EXPECT_ERRNO(ENOENT, open("/proc/new", O_RDWR | O_CREAT, 0600));
	EXPECT_ERRNO(ENOENT, mkdir("/proc/self/new", 0700));
	EXPECT_ERRNO(EPERM, unlink("/proc/meminfo"));
	EXPECT_ERRNO(EPERM, chmod("/proc/meminfo", 0777));
}

static pthread_barrier_t barrier;

static void *thread(void *arg)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static void threads(void)
{
	pthread_t t[3];

	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 3; i++)
		EXPECT(0, pthread_create(&t[i], NULL, thread, NULL));
	pthread_barrier_wait(&barrier);
	EXPECT(4, status_kib("Threads:"));
	directory("/proc/self/task", 6);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 3; i++)
		EXPECT(0, pthread_join(t[i], NULL));
}

/* ---- Processes that die ---- */

static void zombie_and_gone(void)
{
	int fds[ARRAY_LEN(task_files)], dir, map;
	pid_t child = OK(fork());
	char path[32];

	if (!child) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d", child);
	dir = OK(open(path, O_RDONLY | O_DIRECTORY));
	for (size_t i = 0; i < ARRAY_LEN(task_files); i++) {
		fds[i] = OK(openat(dir, task_files[i], O_RDONLY));
		OK(read(fds[i], text, sizeof(text)));
	}
	map = OK(openat(dir, "pagemap", O_RDONLY));
	OK(kill(child, SIGKILL));
	while (!(read_file(strcat(strcpy(again, path), "/stat"), text, sizeof(text)) > 0 &&
		 strstr(text, ") Z ")))
		nap(5);
	strcat(strcpy(again, path), "/maps");
	EXPECT(0, read_file(again, text, sizeof(text)));
	strcat(strcpy(again, path), "/cmdline");
	EXPECT(0, read_file(again, text, sizeof(text)));
	EXPECT(0, read(map, text, 64));
	EXPECT_KILLED(SIGKILL, child);
	for (size_t i = 0; i < ARRAY_LEN(task_files); i++) {
		OK(lseek(fds[i], 0, SEEK_SET));
		EXPECT_ERRNO(ESRCH, read(fds[i], text, sizeof(text)));
		EXPECT_ERRNO(ENOENT, openat(dir, task_files[i], O_RDONLY));
	}
	EXPECT_ERRNO(ENOENT, openat(dir, "fd/0", O_RDONLY));
	EXPECT_ERRNO(ENOENT, open(path, O_RDONLY));
}

/* Read all files of a process or thread, whatever becomes of it. */
static void read_all(const char *dir)
{
	for (size_t i = 0; i < ARRAY_LEN(task_files); i++) {
		int fd = open_proc(dir, task_files[i], O_RDONLY);

		while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
}

static void walk_threads(const char *pid)
{
	char path[64];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/task/%s", pid, e->d_name);
		if (e->d_name[0] != '.')
			read_all(path);
	}
	if (dir)
		closedir(dir);
}

static void walk_all(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while ((e = readdir(dir))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		read_all(e->d_name);
		walk_threads(e->d_name);
	}
	closedir(dir);
}

static pid_t start(void (*work)(void))
{
	pid_t pid = OK(fork());

	if (pid)
		return pid;
	for (;;)
		work();
}

static void *end_at_once(void *arg)
{
	return NULL;
}

/* A process that ends, one that becomes another program, and a thread. */
static void die_soon(void)
{
	static int turn;
	pthread_t t;
	pid_t pid = fork();

	if (!pid) {
		char *p = pages(8);

		memset(p, 1, 8 * page_size);
		if (turn % 2)
			execl("/bin/true", "true", NULL);
		_exit(0);
	}
	turn++;
	if (!pthread_create(&t, NULL, end_at_once, NULL))
		pthread_join(t, NULL);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void storm(void)
{
	pid_t workers[4];

	for (int i = 0; i < 4; i++)
		workers[i] = start(i < 2 ? die_soon : walk_all);
	for (int i = 0; i < 15; i++) {
		nap(100);
		read_file("/proc/slabinfo", text, sizeof(text));
		read_file("/proc/vmstat", text, sizeof(text));
	}
	for (int i = 0; i < 4; i++)
		kill(workers[i], SIGKILL);
	for (int i = 0; i < 4; i++)
		EXPECT_KILLED(SIGKILL, workers[i]);
}

static void odd_mounts(void)
{
	char *line;

	OK(mkdir("/tmp/a b\\c", 0700));
	OK(mount("my dev", "/tmp/a b\\c", "tmpfs", MS_RDONLY | MS_NOSUID, NULL));
	CHECK(read_file("/proc/mounts", text, sizeof(text)) > 0);
	CHECK(read_file("/proc/self/mountinfo", again, sizeof(again)) > 0);
	OK(umount("/tmp/a b\\c"));
	OK(rmdir("/tmp/a b\\c"));
	line = strstr(text, "my\\040dev /tmp/a\\040b\\134c tmpfs ro,nosuid,relatime");
	CHECK(line && strstr(line, " 0 0\n"));
	line = strstr(again, " / /tmp/a\\040b\\134c ro,nosuid,relatime - tmpfs my\\040dev r");
	CHECK(line);
}

static const struct subtest tests[] = {
	{ "whole_files", whole_files, T_NOMMU },
	{ "small_reads", small_reads, T_NOMMU },
	{ "meminfo_moves", meminfo_moves, T_QUIRE },
	{ "stat_fields", stat_fields, T_NOMMU },
	{ "cpu_time_counts", cpu_time_counts, T_NOMMU },
	{ "smaps_of_a_mapping", smaps_of_a_mapping, 0 },
	{ "rollup_is_the_sum", rollup_is_the_sum, 0 },
	{ "pagemap_tells", pagemap_tells, 0 },
	{ "links", links, T_NOMMU },
	{ "directories", directories, T_QUIRE | T_NOMMU },
	{ "threads", threads, 0 },
	{ "zombie_and_gone", zombie_and_gone, 0 },
	{ "storm", storm, 0 },
	{ "odd_mounts", odd_mounts, T_QUIRE | T_NOMMU },
};
SUITE(procfstest_suite, "procfstest", tests);
