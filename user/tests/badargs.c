/* SPDX-License-Identifier: MIT */
/*
 * badargs - wild system calls. Every number from 0 to 500 gets arguments that are wrong in many
 * ways; the kernel must answer with an errno, or kill the caller, and go on working. Where a
 * pointer must be bad the answer must be EFAULT.
 *
 * Each call runs in a child in a directory of its own, with a file as descriptor 3 and nothing
 * else of value. Progress is kept in shared memory: when a child dies (its stack unmapped, say),
 * the next one goes on behind the deadly arguments. Left out are only the calls that would end
 * the machine, other processes or the test, or set its clock and name.
 *
 * Linux: the idea of trinity. Differs: small; the arguments are the same in every run.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define LAST_CALL 500
#define ROUNDS 48
#define CHILD_MS 400

static const int left_out[] = {
	SYS_exit, SYS_exit_group, SYS_reboot, SYS_kill, SYS_tkill, SYS_tgkill, SYS_clone,
	SYS_clone3, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_send_signal,
	SYS_vhangup, SYS_ptrace, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex,
	SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname, SYS_kexec_load, SYS_syslog,
};

/* Addresses no program may touch: low, in a hole, the kernel's, and not canonical. */
static unsigned long bad_addresses[6] = {
	8, 0, 0xffffffff80200000, 0xffffffd600000000, -4096UL, 0x0123456789abc000,
};

static volatile int *progress;
static unsigned long values[20];
static int nr_values;

static void prepare(void)
{
	char *p;

	/* First, or it would be put into the hole. */
	progress = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			0);
	CHECK(progress != MAP_FAILED);
	p = pages(4);
	OK(munmap(p + page_size, page_size));
	OK(mprotect(p + 2 * page_size, page_size, PROT_READ));
	bad_addresses[1] = (unsigned long)p + page_size;
	strcpy(p, "badargs");
	nr_values = 0;
	for (unsigned int i = 0; i < ARRAY_LEN(bad_addresses); i++)
		values[nr_values++] = bad_addresses[i];
	values[nr_values++] = 0;
	values[nr_values++] = -1UL;
	values[nr_values++] = 3;
	values[nr_values++] = 0x1000;
	values[nr_values++] = 0x7fffffffffffffff;
	values[nr_values++] = 0x8000000000000000;
	values[nr_values++] = 0xffffffff;
	values[nr_values++] = (unsigned long)p;
	/* The last bytes before the hole, and memory that may only be read. */
	values[nr_values++] = (unsigned long)p + page_size - 3;
	values[nr_values++] = (unsigned long)p + 2 * page_size;
}

static unsigned long next_value(unsigned int *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return values[(*seed >> 16) % nr_values];
}

/* What the child does: all rounds of one call that have not been done yet. */
static void wild_calls(int nr)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	dup2(open("badargs.file", O_RDWR | O_CREAT, 0600), 3);
	while (*progress < ROUNDS) {
		unsigned int seed = nr * 1000 + (*progress)++;
		unsigned long a[6];

		for (int i = 0; i < 6; i++)
			a[i] = next_value(&seed);
		syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	_exit(0);
}

/* Some calls wait for what will never come: after CHILD_MS their child is ended. */
static void wait_or_kill(pid_t pid)
{
	for (int ms = -100; ms < CHILD_MS; ms++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return;
		/* Most children end at once: no sleep in the first looks. */
		if (ms < 0)
			sched_yield();
		else
			nap(1);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void wild_call(int nr)
{
	for (unsigned int i = 0; i < ARRAY_LEN(left_out); i++)
		if (nr == left_out[i])
			return;
	*progress = 0;
	while (*progress < ROUNDS) {
		int before = *progress;
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (!pid)
			wild_calls(nr);
		wait_or_kill(pid);
		if (*progress == before)
			(*progress)++;
	}
}

static void wild_range(int first, int last)
{
	char dir[] = "/tmp/badargsXXXXXX";

	prepare();
	CHECK(mkdtemp(dir));
	OK(chdir(dir));
	for (int nr = first; nr <= last; nr++)
		wild_call(nr);
	unlink("badargs");
	rmdir("badargs");
	unlink("rgs");
	rmdir("rgs");
	unlink("badargs.file");
	OK(chdir("/"));
	rmdir(dir);
}

static void calls_0_99(void)
{
	wild_range(0, 99);
}

static void calls_100_199(void)
{
	wild_range(100, 199);
}

static void calls_200_299(void)
{
	wild_range(200, 299);
}

static void calls_300_500(void)
{
	wild_range(300, LAST_CALL);
}

/* In place of the pointer under test, and of a descriptor of the file or the directory. */
#define BAD 0xbad0bad0UL
#define FILE_FD 0xf11eUL
#define DIR_FD 0xd14UL
#define CWD ((unsigned long)AT_FDCWD)
#define STR ((unsigned long)"/tmp")

static const struct pointer_call {
	const char *name;
	int nr;
	unsigned long args[6];
} pointer_calls[] = {
	{ "read", SYS_read, { FILE_FD, BAD, 16 } },
	{ "write", SYS_write, { FILE_FD, BAD, 16 } },
	{ "pread64", SYS_pread64, { FILE_FD, BAD, 16, 0 } },
	{ "pwrite64", SYS_pwrite64, { FILE_FD, BAD, 16, 0 } },
	{ "readv", SYS_readv, { FILE_FD, BAD, 1 } },
	{ "writev", SYS_writev, { FILE_FD, BAD, 1 } },
	{ "getcwd", SYS_getcwd, { BAD, 100 } },
	{ "openat", SYS_openat, { CWD, BAD, O_RDONLY } },
	{ "newfstatat path", SYS_newfstatat, { CWD, BAD, 0, 0 } },
	{ "newfstatat buf", SYS_newfstatat, { CWD, STR, BAD, 0 } },
	{ "fstat", SYS_fstat, { FILE_FD, BAD } },
	{ "getdents64", SYS_getdents64, { DIR_FD, BAD, 4096 } },
	{ "mkdirat", SYS_mkdirat, { CWD, BAD, 0700 } },
	{ "unlinkat", SYS_unlinkat, { CWD, BAD, 0 } },
	{ "symlinkat", SYS_symlinkat, { BAD, CWD, STR } },
	{ "linkat", SYS_linkat, { CWD, BAD, CWD, STR, 0 } },
	{ "renameat2", SYS_renameat2, { CWD, BAD, CWD, STR, 0 } },
	{ "readlinkat path", SYS_readlinkat, { CWD, BAD, 0, 10 } },
	{ "statfs path", SYS_statfs, { BAD, 0 } },
	{ "statfs buf", SYS_statfs, { STR, BAD } },
	{ "truncate", SYS_truncate, { BAD, 0 } },
	{ "chdir", SYS_chdir, { BAD } },
	{ "faccessat", SYS_faccessat, { CWD, BAD, 0 } },
	{ "utimensat", SYS_utimensat, { CWD, BAD, 0, 0 } },
	{ "execve", SYS_execve, { BAD, 0, 0 } },
	{ "pipe2", SYS_pipe2, { BAD, 0 } },
	{ "ppoll", SYS_ppoll, { BAD, 1, 0, 0, 8 } },
	{ "nanosleep", SYS_nanosleep, { BAD, 0 } },
	{ "clock_nanosleep", SYS_clock_nanosleep, { 1, 0, BAD, 0 } },
	{ "clock_gettime", SYS_clock_gettime, { 1, BAD } },
	{ "gettimeofday", SYS_gettimeofday, { BAD, 0 } },
	{ "setitimer", SYS_setitimer, { ITIMER_REAL, BAD, 0 } },
	{ "rt_sigaction new", SYS_rt_sigaction, { SIGUSR1, BAD, 0, 8 } },
	{ "rt_sigaction old", SYS_rt_sigaction, { SIGUSR1, 0, BAD, 8 } },
	{ "rt_sigprocmask", SYS_rt_sigprocmask, { SIG_BLOCK, BAD, 0, 8 } },
	{ "rt_sigpending", SYS_rt_sigpending, { BAD, 8 } },
	{ "rt_sigtimedwait", SYS_rt_sigtimedwait, { BAD, 0, 0, 8 } },
	{ "sigaltstack", SYS_sigaltstack, { BAD, 0 } },
	{ "uname", SYS_uname, { BAD } },
	{ "sysinfo", SYS_sysinfo, { BAD } },
	{ "times", SYS_times, { BAD } },
	{ "getrusage", SYS_getrusage, { 0, BAD } },
	{ "prlimit64 new", SYS_prlimit64, { 0, 7, BAD, 0 } },
	{ "prlimit64 old", SYS_prlimit64, { 0, 7, 0, BAD } },
	{ "sched_getaffinity", SYS_sched_getaffinity, { 0, 128, BAD } },
	{ "sched_setaffinity", SYS_sched_setaffinity, { 0, 8, BAD } },
	{ "futex", SYS_futex, { BAD, 0, 0, 0, 0, 0 } },
	{ "mount", SYS_mount, { STR, BAD, STR, 0, 0 } },
	{ "umount2", SYS_umount2, { BAD, 0 } },
	{ "swapon", SYS_swapon, { BAD, 0 } },
	{ "swapoff", SYS_swapoff, { BAD } },
	{ "getrandom", SYS_getrandom, { BAD, 16, 0 } },
	{ "statx", SYS_statx, { CWD, BAD, 0, 0x7ff, 0 } },
	{ "clone3", SYS_clone3, { BAD, 64 } },
};

static void check_pointer(const struct pointer_call *c, unsigned long address, int file, int dir)
{
	unsigned long a[6];
	long result;

	for (int i = 0; i < 6; i++) {
		a[i] = c->args[i];
		if (a[i] == BAD)
			a[i] = address;
		else if (a[i] == FILE_FD)
			a[i] = file;
		else if (a[i] == DIR_FD)
			a[i] = dir;
	}
	result = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (result != -1 || errno != EFAULT)
		FAIL("%s(%lx): expected EFAULT got %ld (%s)", c->name, address, result,
		     result == -1 ? strerror(errno) : "no error");
}

static void efault_table(void)
{
	int file, dir;

	prepare();
	file = temp_file();
	dir = OK(open("/", O_RDONLY | O_DIRECTORY));
	EXPECT(64, pwrite(file, "0123456789012345678901234567890123456789012345678901234567890123",
			  64, 0));
	for (unsigned int i = 0; i < ARRAY_LEN(pointer_calls); i++)
		for (unsigned int j = 0; j < ARRAY_LEN(bad_addresses); j++) {
			OK(lseek(file, 0, SEEK_SET));
			OK(lseek(dir, 0, SEEK_SET));
			check_pointer(&pointer_calls[i], bad_addresses[j], file, dir);
		}
}

static void unknown_numbers(void)
{
	static const long numbers[] = { 105, 244, 295, 470, 500, 1000, 0x7fffffff, -1, 1L << 40 };

	for (unsigned int i = 0; i < ARRAY_LEN(numbers); i++)
		EXPECT_ERRNO(ENOSYS, syscall(numbers[i], 0, 0, 0, 0, 0, 0));
}

static const struct subtest tests[] = {
	{ "unknown_numbers", unknown_numbers, T_NOMMU },
	{ "efault_table", efault_table, 0 },
	{ "calls_0_99", calls_0_99, 0 },
	{ "calls_100_199", calls_100_199, 0 },
	{ "calls_200_299", calls_200_299, 0 },
	{ "calls_300_500", calls_300_500, 0 },
};

SUITE(badargs_suite, "badargs", tests);
