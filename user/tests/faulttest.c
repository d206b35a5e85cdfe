/* SPDX-License-Identifier: MIT */
/*
 * memtest, second half: what happens on access. Signals with their codes and addresses, advice,
 * residency counted page by page, the stack, and system calls given bad memory.
 *
 * Linux: tools/testing/selftests/mm. Differs: written from the manual pages.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define POPULATE_READ 22	/* MADV_..., not in every libc */
#define POPULATE_WRITE 23

static void segv_null(void)
{
	char *volatile none = NULL;

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, NULL, fault_read(none));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, none + 8, fault_write(none + 8));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, NULL, fault_call((void (*)(void))none));
}

static void segv_kernel(void)
{
	/* The start of the direct map, kernel text, and an address that is none in Sv39. */
	static const unsigned long addresses[] = {
		0xffffffd600000000, 0xffffffff80200000, 0x4000000000, 0x123456789abc000,
	};

	for (unsigned int i = 0; i < ARRAY_LEN(addresses); i++) {
		EXPECT(SIGSEGV, fault_read((char *)addresses[i]).sig);
		EXPECT(SIGSEGV, fault_write((char *)addresses[i]).sig);
		EXPECT(SIGSEGV, fault_call((void (*)(void))addresses[i]).sig);
	}
}

static void segv_default(void)
{
	volatile char *volatile low = (char *)8;
	pid_t pid = fork();

	if (!pid) {
		*low = 1;
		_exit(0);
	}
	EXPECT_KILLED(SIGSEGV, pid);
	/* Blocked or ignored, a fault still kills: going on is not possible. */
	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_IGN);
		*low = 1;
		_exit(0);
	}
	EXPECT_KILLED(SIGSEGV, pid);
}

/* The first time, code of the test itself comes into memory; the second time counts. */
static void rss_exact(void)
{
	static const int counts[] = { 1, 7, 64, 500 };

	for (int counted = 0; counted < 2; counted++) {
		char *p = pages(600);
		long before = status_kib("VmRSS:"), at = 0, now;

		for (unsigned int i = 0; i < ARRAY_LEN(counts); i++) {
			for (long n = 0; n < counts[i]; n++)
				p[at++ * page_size] = 1;
			now = status_kib("VmRSS:");
			EXPECT(counted ? before + at * page_size / 1024 : now, now);
		}
		OK(munmap(p, 600 * page_size));
		now = status_kib("VmRSS:");
		EXPECT(counted ? before : now, now);
	}
}

static void rss_peak(void)
{
	char *p = pages(1000);
	long peak;

	for (int i = 0; i < 1000; i++)
		p[i * page_size] = 1;
	/* The first look faults in the pages of the code that looks. */
	status_kib("VmHWM:");
	peak = status_kib("VmHWM:");
	OK(munmap(p, 1000 * page_size));
	CHECK(status_kib("VmRSS:") < peak - 3000);
	CHECK(labs(status_kib("VmHWM:") - peak) <= (on_quire() ? 0 : 512));
	CHECK(status_kib("VmPeak:") >= status_kib("VmSize:") + 3000);
}

static void faults_counted(void)
{
	char *p = pages(100);
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 100; i++)
		p[i * page_size] = 1;
	getrusage(RUSAGE_SELF, &after);
	EXPECT(100, after.ru_minflt - before.ru_minflt);
	EXPECT(0, after.ru_majflt - before.ru_majflt);
}

static void zero_page(void)
{
	long nr = 256, unused;
	char *p = pages(nr);
	int sum = 0;

	unused = free_pages();
	for (long i = 0; i < nr; i++)
		sum += p[i * page_size];
	EXPECT(0, sum);
	/* All of them are one and the same page: but for page tables nothing is used. */
	if (on_quire())
		CHECK(free_pages() >= unused - 32);
	p[3 * page_size] = 1;
	EXPECT(0, p[4 * page_size]);
	EXPECT(1, p[3 * page_size]);
}

static void madvise_dontneed(void)
{
	int fd = temp_file();
	char *p = pages(8), *f;
	long rss;

	memset(p, 1, 8 * page_size);
	rss = status_kib("VmRSS:");
	OK(madvise(p + 2 * page_size, 4 * page_size, MADV_DONTNEED));
	if (on_quire())
		EXPECT(rss - 4 * page_size / 1024, status_kib("VmRSS:"));
	EXPECT(1, p[2 * page_size - 1]);
	EXPECT(0, p[2 * page_size]);
	EXPECT(1, p[6 * page_size]);
	/* A private file page goes back to what the file says. */
	OK(ftruncate(fd, page_size));
	EXPECT(1, pwrite(fd, "f", 1, 0));
	f = mmap(NULL, page_size, RW, MAP_PRIVATE, fd, 0);
	f[0] = 'g';
	OK(madvise(f, page_size, MADV_DONTNEED));
	EXPECT('f', f[0]);
	/* Shared memory is not lost by it. */
	f = mmap(NULL, page_size, RW, MAP_SHARED, fd, 0);
	f[0] = 'h';
	OK(madvise(f, page_size, MADV_DONTNEED));
	EXPECT('h', f[0]);
}

static void madvise_hints(void)
{
	static const int hints[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTDUMP,
		MADV_DODUMP, MADV_COLD,
	};
	char *p = pages(4);

	memset(p, 5, 4 * page_size);
	for (unsigned int i = 0; i < ARRAY_LEN(hints); i++)
		OK(madvise(p, 4 * page_size, hints[i]));
	EXPECT(5, p[3 * page_size]);
	/* After FREE a page is either as it was or zero, and what is written then stays. */
	OK(madvise(p, 4 * page_size, MADV_FREE));
	CHECK(p[0] == 5 || p[0] == 0);
	p[page_size] = 6;
	EXPECT(6, p[page_size]);
}

static void madvise_errors(void)
{
	char *p = pages(3);

	EXPECT_ERRNO(EINVAL, madvise(p + 1, page_size, MADV_DONTNEED));
	EXPECT_ERRNO(EINVAL, madvise(p, page_size, 9999));
	EXPECT_ERRNO(EINVAL, madvise(p, -page_size, MADV_DONTNEED));
	OK(madvise(p, 0, MADV_DONTNEED));
	OK(munmap(p + page_size, page_size));
	p[2 * page_size] = 1;
	EXPECT_ERRNO(ENOMEM, madvise(p, 3 * page_size, MADV_DONTNEED));
	/* What is mapped was treated all the same. */
	EXPECT(0, p[2 * page_size]);
}

/* Up to the hole, and not behind it. */
static void madvise_populate(void)
{
	char *p = pages(4);
	unsigned char vec[4] = { 0 };

	OK(munmap(p + 2 * page_size, page_size));
	for (int advice = POPULATE_READ; advice <= POPULATE_WRITE; advice++) {
		EXPECT_ERRNO(ENOMEM, madvise(p, 4 * page_size, advice));
		EXPECT_ERRNO(ENOMEM, madvise(p + 2 * page_size, 2 * page_size, advice));
	}
	OK(mincore(p, 2 * page_size, vec));
	EXPECT(1, vec[0] & vec[1]);
	OK(mincore(p + 3 * page_size, page_size, vec + 3));
	EXPECT(0, vec[3]);
	OK(madvise(p + 3 * page_size, page_size, POPULATE_READ));
}

static void madvise_fork(void)
{
	char *p = pages(3);
	pid_t pid;

	memset(p, 1, 3 * page_size);
	OK(madvise(p, page_size, MADV_DONTFORK));
	OK(madvise(p + page_size, page_size, MADV_WIPEONFORK));
	pid = fork();
	if (!pid) {
		if (fault_read(p).sig != SIGSEGV)
			_exit(1);
		_exit(p[page_size] == 0 && p[2 * page_size] == 1 ? 0 : 2);
	}
	EXPECT_EXIT(0, pid);
	EXPECT(1, p[0]);
	EXPECT(1, p[page_size]);
}

static void mincore_tells(void)
{
	unsigned char vec[8];
	char *p = pages(8);

	p[page_size] = 1;
	p[5 * page_size] = 1;
	OK(mincore(p, 8 * page_size, vec));
	for (int i = 0; i < 8; i++)
		EXPECT(i == 1 || i == 5, vec[i] & 1);
	EXPECT_ERRNO(EINVAL, mincore(p + 1, page_size, vec));
	EXPECT_ERRNO(EFAULT, mincore(p, page_size, (void *)8));
	OK(munmap(p + 2 * page_size, page_size));
	EXPECT_ERRNO(ENOMEM, mincore(p, 8 * page_size, vec));
}

static void msync_file(void)
{
	int fd = temp_file();
	char *p;

	OK(ftruncate(fd, 2 * page_size));
	p = mmap(NULL, 2 * page_size, RW, MAP_SHARED, fd, 0);
	p[0] = 1;
	OK(msync(p, 2 * page_size, MS_SYNC));
	OK(msync(p, 2 * page_size, MS_ASYNC));
	EXPECT_ERRNO(EINVAL, msync(p + 1, page_size, MS_SYNC));
	EXPECT_ERRNO(EINVAL, msync(p, page_size, MS_SYNC | MS_ASYNC));
	EXPECT_ERRNO(EINVAL, msync(p, page_size, 64));
	OK(munmap(p, page_size));
	EXPECT_ERRNO(ENOMEM, msync(p, 2 * page_size, MS_SYNC));
}

static void mlock_resident(void)
{
	unsigned char vec[4];
	char *p = pages(4);

	OK(mlock(p, 4 * page_size));
	OK(mincore(p, 4 * page_size, vec));
	EXPECT(4, (vec[0] & 1) + (vec[1] & 1) + (vec[2] & 1) + (vec[3] & 1));
	OK(munlock(p, 4 * page_size));
	OK(munmap(p + page_size, page_size));
	EXPECT_ERRNO(ENOMEM, mlock(p, 4 * page_size));
}

/*
 * Uses so many KiB of stack. Each call hands its block to the next: a compiler that could prove the
 * blocks apart would make a loop over one of them (clang did).
 */
__attribute__((noinline)) static int use_stack(int kib, const volatile char *caller)
{
	volatile char block[1024];

	block[0] = kib;
	block[1023] = caller ? caller[0] : 0;
	return kib > 1 ? use_stack(kib - 1, block) + block[1023] : block[0];
}

static void stack_grows(void)
{
	long before = status_kib("VmStk:");

	use_stack(2048, NULL);
	CHECK(status_kib("VmStk:") >= before + 1024);
}

/* Runs in a child that may overflow its stack; the handler has a stack of its own. */
static volatile unsigned long overflow_at;

static void on_overflow(int sig, siginfo_t *info, void *context)
{
	/* Near the stack pointer it must be, not anywhere. */
	overflow_at = (unsigned long)info->si_addr;
	_exit(sig == SIGSEGV && overflow_at ? 42 : 1);
}

static void overflow(void)
{
	struct sigaction sa = { .sa_sigaction = on_overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t alt = { .ss_sp = pages(8), .ss_size = 8 * page_size };

	OK(sigaltstack(&alt, NULL));
	OK(sigaction(SIGSEGV, &sa, NULL));
	use_stack(64 * 1024, NULL);
	_exit(0);
}

/* [start, end) of the stack, from /proc/self/maps. */
static char *stack_start(char **end)
{
	static char text[32768];
	char *line, *dash;
	unsigned long start;

	CHECK(read_file("/proc/self/maps", text, sizeof(text)) > 0);
	line = strstr(text, "[stack]");
	CHECK(line);
	while (line > text && line[-1] != '\n')
		line--;
	start = strtoul(line, &dash, 16);
	*end = (char *)strtoul(dash + 1, NULL, 16);
	return (char *)start;
}

/* The page where a stack of 1 MiB begins can be had, none below it, from however far above. */
static void stack_limit_exact(void)
{
	char *end, *lowest;

	CHECK(stack_start(&end));
	lowest = end - (1 << 20);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, lowest - 1, fault_write(lowest - 1));
	EXPECT(0, fault_write(lowest).sig);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, lowest - 1, fault_write(lowest - 1));
}

static void stack_limit(void)
{
	struct rlimit limit = { .rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY };
	pid_t pid;

	OK(setrlimit(RLIMIT_STACK, &limit));
	pid = fork();
	if (!pid)
		overflow();
	EXPECT_EXIT(42, pid);
	pid = fork();
	if (!pid) {
		/* Without a place to run the handler the signal kills. */
		use_stack(64 * 1024, NULL);
		_exit(0);
	}
	EXPECT_KILLED(SIGSEGV, pid);
	stack_limit_exact();
}

static void stack_guard_gap(void)
{
	char *below, *end, *start = stack_start(&end);
	pid_t pid;

	/* A mapping where the stack would grow to: growth must stop above it, with a gap. */
	below = mmap(start - 64 * page_size, page_size, RW, ANON | MAP_FIXED_NOREPLACE, -1,
		     0);
	if (below == MAP_FAILED)
		FAIL("mmap below the stack: %s", strerror(errno));
	memset(below, 0x77, page_size);
	pid = fork();
	if (!pid)
		overflow();
	EXPECT_EXIT(42, pid);
	for (long i = 0; i < page_size; i++)
		EXPECT(0x77, below[i]);
}

static void efault(void)
{
	char *p = pages(3), *hole = p + page_size;
	int fd = temp_file(), fds[2];

	OK(munmap(hole, page_size));
	OK(mprotect(p + 2 * page_size, page_size, PROT_READ));
	EXPECT(5, write(fd, "12345", 5));
	EXPECT_ERRNO(EFAULT, pread(fd, hole, 5, 0));
	EXPECT_ERRNO(EFAULT, pwrite(fd, hole, 5, 0));
	EXPECT_ERRNO(EFAULT, pread(fd, p + 2 * page_size, 5, 0));
	EXPECT(5, pwrite(fd, p + 2 * page_size, 5, 0));
	EXPECT_ERRNO(EFAULT, open(hole, O_RDONLY));
	EXPECT_ERRNO(EFAULT, fstat(fd, (void *)hole));
	OK(pipe(fds));
	EXPECT_ERRNO(EFAULT, write(fds[1], hole, 1));
	EXPECT_ERRNO(EFAULT, write(fds[1], (void *)-4096, 1));
	EXPECT(1, write(fds[1], "x", 1));
	EXPECT_ERRNO(EFAULT, read(fds[0], hole, 1));
	/* A string that runs into a hole, and one that ends just before it. */
	memset(p, 'a', page_size);
	EXPECT_ERRNO(EFAULT, open(p + page_size - 5, O_RDONLY));
	p[page_size - 1] = 0;
	EXPECT_ERRNO(ENOENT, open(p + page_size - 5, O_RDONLY));
}

static void kernel_faults_in(void)
{
	char *p = pages(4);
	int fd = temp_file();

	/* The kernel writes into memory nobody has touched yet, across a page border. */
	EXPECT(5, pwrite(fd, "hello", 5, 0));
	EXPECT(5, pread(fd, p + page_size - 2, 5, 0));
	EXPECT(0, memcmp(p + page_size - 2, "hello", 5));
	/* And reads from such memory: zeros. */
	EXPECT(page_size, pwrite(fd, p + 2 * page_size, page_size, 0));
	EXPECT(1, pread(fd, p, 1, 4));
	EXPECT(0, p[0]);
}

static void text_shared(void)
{
	char buf[16];
	int fd = OK(open("/proc/self/exe", O_RDONLY));
	char *p = mmap(NULL, page_size, RW, MAP_PRIVATE, fd, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 0, 16);
	/* The copy is ours; the program file and everybody else's page are not touched. */
	EXPECT(16, pread(fd, buf, 16, 0));
	EXPECT(0, memcmp(buf, "\177ELF", 4));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, (void *)segv_null, fault_write((void *)segv_null));
}

static const struct subtest tests[] = {
	{ "segv_null", segv_null, 0 },
	{ "segv_kernel", segv_kernel, 0 },
	{ "segv_default", segv_default, 0 },
	{ "rss_exact", rss_exact, T_QUIRE },
	{ "rss_peak", rss_peak, 0 },
	{ "faults_counted", faults_counted, 0 },
	{ "zero_page", zero_page, 0 },
	{ "madvise_dontneed", madvise_dontneed, 0 },
	{ "madvise_hints", madvise_hints, 0 },
	{ "madvise_errors", madvise_errors, 0 },
	{ "madvise_populate", madvise_populate, 0 },
	{ "madvise_fork", madvise_fork, 0 },
	{ "mincore_tells", mincore_tells, 0 },
	{ "msync_file", msync_file, 0 },
	{ "mlock_resident", mlock_resident, 0 },
	{ "stack_grows", stack_grows, 0 },
	{ "stack_limit", stack_limit, 0 },
	{ "stack_guard_gap", stack_guard_gap, 0 },
	{ "efault", efault, 0 },
	{ "kernel_faults_in", kernel_faults_in, 0 },
	{ "text_shared", text_shared, 0 },
};

SUITE(faulttest_suite, "memtest", tests);
