/* SPDX-License-Identifier: MIT */
/*
 * limittest - what is refused, and when: processor time (timers of it, RLIMIT_CPU), the size of
 * files, locked memory: what may be locked, what then stays in memory whatever happens.
 *
 * Linux: tools/testing/selftests/{timers,mm}. Differs: written from setitimer(2), getrlimit(2)
 * and mlock(2).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static volatile sig_atomic_t rang;

static void on_signal(int sig)
{
	rang++;
}

static void limit_to(int which, long soft, long hard)
{
	struct rlimit limit = { soft, hard };

	OK(setrlimit(which, &limit));
}

/* ---- processor time ---- */

/* ms of user time, of all time. */
static long used(int all)
{
	struct rusage r;

	OK(getrusage(RUSAGE_SELF, &r));
	return (r.ru_utime.tv_sec + (all ? r.ru_stime.tv_sec : 0)) * 1000 +
	       (r.ru_utime.tv_usec + (all ? r.ru_stime.tv_usec : 0)) / 1000;
}

static void measure(int which, int sig)
{
	struct itimerval set = { { 0, 20000 }, { 0, 50000 } }, off = { { 0, 0 }, { 0, 0 } }, now;
	int all = which == ITIMER_PROF;
	/* The ticks divide the time: the user's share of the latest tick is not yet known. */
	long start, slack = all ? 1 : 11, early;

	signal(sig, on_signal);
	/* When the host stands still, who is on the hart has used that time: then once more. */
	do {
		start = used(all);
		rang = 0;
		OK(setitimer(which, &set, NULL));
		OK(getitimer(which, &now));
		CHECK(now.it_value.tv_usec > 0 &&
		      now.it_value.tv_usec <= 50000 + slack / 2 * 2000);
		EXPECT(20000, now.it_interval.tv_usec);
		nap(100);			/* costs no time of this kind */
		early = rang;
	} while (used(all) - start >= 50 - slack);
	EXPECT(0, early);
	while (!rang)
		;
	CHECK(used(all) - start >= 50 - slack);
	while (rang < 4)
		;
	CHECK(used(all) - start >= 110 - slack);
	OK(setitimer(which, &off, &now));
	EXPECT(20000, now.it_interval.tv_usec);
	OK(getitimer(which, &now));
	EXPECT(0, now.it_value.tv_sec + now.it_value.tv_usec + now.it_interval.tv_usec);
}

static void itimer_virtual(void)
{
	measure(ITIMER_VIRTUAL, SIGVTALRM);
}

static void itimer_prof(void)
{
	measure(ITIMER_PROF, SIGPROF);
}

/* A child has none; they end a program that does not care. */
static void itimer_ends(void)
{
	struct itimerval set = { { 0, 0 }, { 0, 20000 } }, now;
	pid_t pid;

	EXPECT_ERRNO(EINVAL, setitimer(3, &set, NULL));
	EXPECT_ERRNO(EINVAL, getitimer(-1, &now));
	EXPECT_ERRNO(EFAULT, getitimer(ITIMER_PROF, NULL));
	signal(SIGVTALRM, on_signal);
	OK(setitimer(ITIMER_VIRTUAL, &set, NULL));
	pid = OK(fork());
	if (!pid) {
		OK(getitimer(ITIMER_VIRTUAL, &now));
		EXPECT(0, now.it_value.tv_usec);
		OK(setitimer(ITIMER_PROF, &set, NULL));
		for (;;)
			;
	}
	EXPECT_KILLED(SIGPROF, pid);
}

/* At the soft limit and each second after it SIGXCPU, at the hard one the end. */
static void rlimit_cpu(void)
{
	volatile sig_atomic_t *seen = mmap(NULL, page_size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct rlimit limit;
	pid_t pid = OK(fork());

	CHECK(seen != MAP_FAILED);
	if (!pid) {
		signal(SIGXCPU, on_signal);
		limit_to(RLIMIT_CPU, 0, 1);
		while (!rang)
			;
		OK(getrlimit(RLIMIT_CPU, &limit));
		EXPECT(1, limit.rlim_cur);
		CHECK(used(1) < 1000);
		for (;;)
			;
	}
	EXPECT_KILLED(SIGKILL, pid);
	pid = OK(fork());
	if (!pid) {
		limit_to(RLIMIT_CPU, 0, 5);	/* SIGXCPU ends a program, too */
		for (;;)
			;
	}
	EXPECT_KILLED(SIGXCPU, pid);
	pid = OK(fork());
	if (!pid)
		for (;;)
			;
	limit = (struct rlimit){ 0, 0 };
	OK(syscall(SYS_prlimit64, pid, RLIMIT_CPU, &limit, NULL));	/* while it runs */
	EXPECT_KILLED(SIGKILL, pid);
}

/* ---- other limits ---- */

static void rlimit_fsize(void)
{
	int fd = temp_file(), status;
	char buf[300] = "x";
	struct stat st;
	pid_t pid;

	signal(SIGXFSZ, on_signal);
	limit_to(RLIMIT_FSIZE, 1000, 1000);
	EXPECT(300, pwrite(fd, buf, 300, 600));
	EXPECT(100, pwrite(fd, buf, 300, 900));		/* what fits */
	EXPECT(0, rang);
	EXPECT_ERRNO(EFBIG, pwrite(fd, buf, 1, 1000));
	EXPECT(1, rang);
	EXPECT_ERRNO(EFBIG, ftruncate(fd, 1001));
	EXPECT(2, rang);
	EXPECT_ERRNO(EFBIG, syscall(SYS_fallocate, fd, 0, 0, 1001));
	EXPECT(3, rang);
	OK(ftruncate(fd, 1000));
	OK(fstat(fd, &st));
	EXPECT(1000, st.st_size);
	pid = OK(fork());
	if (!pid) {
		signal(SIGXFSZ, SIG_DFL);
		ftruncate(fd, 2000);
		_exit(0);
	}
	OK(waitpid(pid, &status, 0));
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
}

/* Of the user's processes; root's are not limited. */
static void rlimit_nproc(void)
{
	pid_t pid;

	limit_to(RLIMIT_NPROC, 0, 0);
	pid = OK(fork());
	if (!pid)
		_exit(0);
	EXPECT_EXIT(0, pid);
	limit_to(RLIMIT_CORE, 0, 0);
}

/* ---- locked memory ---- */

/* So many pages, each with a number of its own. */
static char *filled(long nr)
{
	char *p = pages(nr);

	for (long i = 0; i < nr; i++)
		*(long *)(p + i * page_size) = i + 1;
	return p;
}

/* How many of these pages are in memory, or in swap: by bit of /proc/self/pagemap. */
static long count_bit(const char *p, long nr, int bit)
{
	int fd = OK(open("/proc/self/pagemap", O_RDONLY));
	unsigned long entry;
	long n = 0;

	for (long i = 0; i < nr; i++) {
		EXPECT(8, pread(fd, &entry, 8, ((unsigned long)p / page_size + i) * 8));
		n += entry >> bit & 1;
	}
	close(fd);
	return n;
}

#define PRESENT 63
#define SWAPPED 62

static void lock_errors(void)
{
	char *p = pages(16), *q;
	long unit = page_size;

	OK(munmap(p + 8 * unit, unit));
	EXPECT_ERRNO(ENOMEM, mlock(p, 16 * unit));	/* as far as the hole */
	EXPECT(8 * unit / 1024, status_kib("VmLck:"));
	EXPECT_ERRNO(ENOMEM, munlock(p, 16 * unit));
	EXPECT(0, status_kib("VmLck:"));
	EXPECT_ERRNO(EINVAL, mlock(p, -unit));
	EXPECT_ERRNO(EINVAL, mlock2(p, unit, 2));
	EXPECT_ERRNO(EINVAL, mlockall(0));
	EXPECT_ERRNO(EINVAL, mlockall(MCL_ONFAULT));
	EXPECT_ERRNO(EINVAL, mlockall(8));
	limit_to(RLIMIT_MEMLOCK, 4 * unit, 4 * unit);
	OK(mlock(p + 1, 2 * unit));			/* touches three pages */
	OK(mlock(p, 3 * unit));				/* the same again: not counted twice */
	EXPECT(3 * unit / 1024, status_kib("VmLck:"));
	EXPECT_ERRNO(ENOMEM, mlock(p, 5 * unit));
	q = mmap(NULL, 2 * unit, RW, ANON | MAP_LOCKED, -1, 0);
	CHECK(q == MAP_FAILED);
	EXPECT(EAGAIN, errno);
	OK(mlock(p, 4 * unit));
	/* MREMAP_DONTUNMAP takes the lock along: no page more is locked. */
	q = mremap(p, 4 * unit, 4 * unit, MREMAP_MAYMOVE | 4, NULL);
	CHECK(q != MAP_FAILED && q != p);
	EXPECT(4 * unit / 1024, status_kib("VmLck:"));
	EXPECT(4, count_bit(q, 4, PRESENT));
	OK(munmap(p, 4 * unit));
	EXPECT(4 * unit / 1024, status_kib("VmLck:"));
	p = q;
	EXPECT_ERRNO(ENOMEM, mlockall(MCL_CURRENT));
	OK(mlockall(MCL_FUTURE));
	CHECK(mmap(NULL, unit, RW, ANON, -1, 0) == MAP_FAILED);
	EXPECT(EAGAIN, errno);
	OK(munlock(p, unit));
	q = mmap(NULL, unit, RW, ANON, -1, 0);
	EXPECT(1, count_bit(q, 1, PRESENT));
	CHECK(mremap(q, unit, 2 * unit, MREMAP_MAYMOVE) == MAP_FAILED);
	EXPECT(EAGAIN, errno);
	OK(munlockall());
	EXPECT(0, status_kib("VmLck:"));
	limit_to(RLIMIT_MEMLOCK, 0, 0);
	EXPECT_ERRNO(EPERM, mlock(p, unit));
	EXPECT_ERRNO(EPERM, mlockall(MCL_FUTURE));
	CHECK(mmap(NULL, unit, RW, ANON | MAP_LOCKED, -1, 0) == MAP_FAILED);
	EXPECT(EPERM, errno);
}

/* A fork inherits neither locks nor the promise of them; ONFAULT brings nothing in. */
static void lock_all(void)
{
	long before = mem_kib("Mlocked:"), unit = page_size;
	char *p = pages(8), *q;
	pid_t pid;

	*p = 1;
	OK(mlock2(p, 8 * unit, MLOCK_ONFAULT));
	EXPECT(1, count_bit(p, 8, PRESENT));
	EXPECT(8 * unit / 1024, status_kib("VmLck:"));
	EXPECT(before + unit / 1024, mem_kib("Mlocked:"));
	p[unit] = 1;
	EXPECT(before + 2 * unit / 1024, mem_kib("Mlocked:"));
	OK(mlock(p, 8 * unit));
	EXPECT(8, count_bit(p, 8, PRESENT));
	EXPECT(before + 8 * unit / 1024, mem_kib("Mlocked:"));
	OK(munlockall());
	EXPECT(before, mem_kib("Mlocked:"));
	q = pages(9);
	OK(mprotect(q, unit, PROT_NONE));	/* cannot be filled: what lies above it is */
	OK(mlockall(MCL_CURRENT | MCL_FUTURE));
	EXPECT(8, count_bit(q + unit, 8, PRESENT));
	CHECK(status_kib("VmLck:") > 64);
	CHECK(status_kib("VmLck:") <= status_kib("VmSize:"));
	q = pages(8);
	EXPECT(8, count_bit(q, 8, PRESENT));
	pid = OK(fork());
	if (!pid) {
		EXPECT(0, status_kib("VmLck:"));
		EXPECT(0, count_bit(pages(8), 8, PRESENT));
		_exit(0);
	}
	EXPECT_EXIT(0, pid);
	OK(mlockall(MCL_FUTURE | MCL_ONFAULT));
	EXPECT(0, count_bit(pages(8), 8, PRESENT));
	OK(munlockall());
	EXPECT(0, status_kib("VmLck:"));
	EXPECT(before, mem_kib("Mlocked:"));
}

/* Take all free memory and half as much from others. */
static void press(void)
{
	long bytes = mem_kib("MemAvailable:") * 1024 / 2 * 3;
	pid_t pid = OK(fork());

	if (!pid) {
		memset(pages(bytes / page_size), 1, bytes);
		_exit(0);
	}
	EXPECT_EXIT(0, pid);
}

enum { LOCKED = 128, ONFAULT = 64, SHARED = 32 };

/* Locked pages never go, however little memory there is; unlocked ones do. */
static void lock_pressure(void)
{
	long before = mem_kib("Mlocked:"), lost = mem_kib("Unevictable:") - before;
	long kib = page_size / 1024, all = LOCKED + ONFAULT / 2 + SHARED;
	char *control, *locked, *onfault = pages(ONFAULT), *shared;
	int fd = temp_file();

	if (mem_kib("SwapFree:") < mem_kib("MemTotal:"))
		test_skip("less swap than memory");
	OK(ftruncate(fd, SHARED * page_size));
	shared = mmap(NULL, SHARED * page_size, RW, MAP_SHARED, fd, 0);
	CHECK(shared != MAP_FAILED);
	control = filled(LOCKED);
	locked = filled(LOCKED);
	OK(mlock(locked, LOCKED * page_size));
	OK(mlock(shared, SHARED * page_size));
	OK(mlock2(onfault, ONFAULT * page_size, MLOCK_ONFAULT));
	memset(onfault, 1, ONFAULT / 2 * page_size);
	EXPECT((LOCKED + SHARED + ONFAULT) * kib, status_kib("VmLck:"));
	EXPECT(before + all * kib, mem_kib("Mlocked:"));
	press();
	CHECK(count_bit(control, LOCKED, SWAPPED) > 0);
	EXPECT(LOCKED, count_bit(locked, LOCKED, PRESENT));
	EXPECT(ONFAULT / 2, count_bit(onfault, ONFAULT, PRESENT));
	EXPECT(SHARED, count_bit(shared, SHARED, PRESENT));
	EXPECT(before + all * kib, mem_kib("Mlocked:"));
	CHECK(mem_kib("Unevictable:") - lost >= before + all * kib);
	OK(munlockall());
	EXPECT(before, mem_kib("Mlocked:"));
	press();
	CHECK(count_bit(locked, LOCKED, SWAPPED) > 0);
	for (long i = 0; i < LOCKED; i++)
		EXPECT(2 * i + 2, *(long *)(control + i * page_size) +
				  *(long *)(locked + i * page_size));
}

static const struct subtest tests[] = {
	{ "itimer_virtual", itimer_virtual, T_NOMMU },
	{ "itimer_prof", itimer_prof, T_NOMMU },
	{ "itimer_ends", itimer_ends, 0 },
	{ "rlimit_cpu", rlimit_cpu, 0 },
	{ "rlimit_fsize", rlimit_fsize, 0 },
	{ "rlimit_nproc", rlimit_nproc, 0 },
	{ "lock_errors", lock_errors, T_QUIRE },
	{ "lock_all", lock_all, T_QUIRE },
	{ "lock_pressure", lock_pressure, T_QUIRE },
};
SUITE(limittest_suite, "limittest", tests);
