/* SPDX-License-Identifier: MIT */
/*
 * memtest, first half: the calls that make, change and remove mappings. Exact errnos; what a
 * program can see of splitting and merging is the number of lines in /proc/self/maps.
 *
 * Linux: tools/testing/selftests/mm. Differs: written from the manual pages.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* The call itself: a C library may check arguments before the kernel does. */
static long raw_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return syscall(SYS_mmap, addr, len, prot, flags, fd, offset);
}

static void mmap_zero(void)
{
	char *p = pages(8);

	for (long i = 0; i < 8 * page_size; i++)
		if (p[i])
			FAIL("byte %ld: expected 0 got %d", i, p[i]);
	memset(p, 0x5a, 8 * page_size);
	EXPECT(0x5a, p[8 * page_size - 1]);
	OK(munmap(p, 8 * page_size));
}

static void mmap_errors(void)
{
	long page = page_size;
	int fd = temp_file(), ro, pipe_fds[2];

	EXPECT_ERRNO(EINVAL, raw_mmap(NULL, 0, RW, ANON, -1, 0));
	EXPECT_ERRNO(EINVAL, raw_mmap(NULL, page, RW, MAP_ANONYMOUS, -1, 0));
	EXPECT_ERRNO(EINVAL, raw_mmap(NULL, page, RW, MAP_PRIVATE, fd, 100));
	EXPECT_ERRNO(EINVAL, raw_mmap((void *)0x10001, page, RW, ANON | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(EBADF, raw_mmap(NULL, page, RW, MAP_PRIVATE, 999, 0));
	EXPECT_ERRNO(ENOMEM, raw_mmap(NULL, 1UL << 62, RW, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, raw_mmap(NULL, -1UL, RW, ANON, -1, 0));
	OK(pipe(pipe_fds));
	EXPECT_ERRNO(ENODEV, raw_mmap(NULL, page, PROT_READ, MAP_PRIVATE, pipe_fds[0], 0));
	ro = OK(open("/proc/self/exe", O_RDONLY));
	EXPECT_ERRNO(EACCES, raw_mmap(NULL, page, RW, MAP_SHARED, ro, 0));
	OK(raw_mmap(NULL, page, RW, MAP_PRIVATE, ro, 0));
	/* MAP_SHARED ignores flags that it does not know. */
	OK(raw_mmap(NULL, page, RW, MAP_SHARED | 0x800000, fd, 0));
	EXPECT_ERRNO(EOPNOTSUPP, raw_mmap(NULL, page, RW, 3 | 0x800000, fd, 0));
	OK(raw_mmap(NULL, page, RW, 3, fd, 0));		/* MAP_SHARED_VALIDATE */
	close(fd);
	fd = OK(open("/tmp/memtest-wo", O_WRONLY | O_CREAT, 0600));
	unlink("/tmp/memtest-wo");
	EXPECT_ERRNO(EACCES, raw_mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0));
}

/* On a file system mounted noexec a file is neither a program nor mapped as one. */
static void mmap_noexec(void)
{
	char *const args[] = { "x", NULL };
	const char *dir = "/tmp/memtest-noexec", *name = "/tmp/memtest-noexec/x";
	int fd;
	void *p;

	OK(mkdir(dir, 0755));
	OK(mount("x", dir, "tmpfs", MS_NOEXEC, NULL));
	fd = OK(open(name, O_RDWR | O_CREAT, 0755));
	OK(ftruncate(fd, page_size));
	EXPECT_ERRNO(EPERM, raw_mmap(NULL, page_size, PROT_EXEC, MAP_PRIVATE, fd, 0));
	p = (void *)OK(raw_mmap(NULL, page_size, PROT_READ, MAP_PRIVATE, fd, 0));
	EXPECT_ERRNO(EACCES, mprotect(p, page_size, PROT_READ | PROT_EXEC));
	EXPECT_ERRNO(EACCES, access(name, X_OK));
	OK(munmap(p, page_size));
	close(fd);
	EXPECT_ERRNO(EACCES, execv(name, args));
	OK(umount2(dir, 0));
	OK(rmdir(dir));
}

static void mmap_hint(void)
{
	char *p = pages(16), *q;

	OK(munmap(p, 16 * page_size));
	q = mmap(p + 4 * page_size, page_size, RW, ANON, -1, 0);
	CHECK(q == p + 4 * page_size);
	/* Taken now: a hint is only a hint. */
	q = mmap(p + 4 * page_size, page_size, RW, ANON, -1, 0);
	CHECK(q != MAP_FAILED && q != p + 4 * page_size);
}

static void mmap_fixed(void)
{
	char *p = pages(3), *mid = p + page_size;

	memset(p, 7, 3 * page_size);
	CHECK(mmap(mid, page_size, RW, ANON | MAP_FIXED, -1, 0) == mid);
	EXPECT(7, mid[-1]);
	EXPECT(0, mid[0]);
	EXPECT(7, mid[page_size]);
}

static void mmap_fixed_noreplace(void)
{
	char *p = pages(3);

	OK(munmap(p + page_size, page_size));
	EXPECT_ERRNO(EEXIST, raw_mmap(p, page_size, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_ERRNO(EEXIST, raw_mmap(p + page_size, 2 * page_size, RW,
				      ANON | MAP_FIXED_NOREPLACE, -1, 0));
	CHECK(mmap(p + page_size, page_size, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) ==
	      p + page_size);
}

static void mmap_file_private(void)
{
	int fd = temp_file();
	char c, *p;

	EXPECT(page_size, pwrite(fd, pages(1), page_size, 0));
	p = mmap(NULL, page_size, RW, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED);
	EXPECT(1, pwrite(fd, "a", 1, 5));
	EXPECT('a', p[5]);
	p[5] = 'b';
	EXPECT(1, pread(fd, &c, 1, 5));
	EXPECT('a', c);
	EXPECT('b', p[5]);
}

static void mmap_file_shared(void)
{
	int fd = temp_file();
	char c = 0, *p, *q;

	OK(ftruncate(fd, 2 * page_size));
	p = mmap(NULL, 2 * page_size, RW, MAP_SHARED, fd, 0);
	q = mmap(NULL, page_size, PROT_READ, MAP_SHARED, fd, page_size);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	close(fd);
	p[page_size + 9] = 'x';
	EXPECT('x', q[9]);
	fd = temp_file();
	OK(ftruncate(fd, page_size));
	p = mmap(NULL, page_size, RW, MAP_SHARED, fd, 0);
	p[100] = 'y';
	EXPECT(1, pread(fd, &c, 1, 100));
	EXPECT('y', c);
	EXPECT(1, pwrite(fd, "z", 1, 101));
	EXPECT('z', p[101]);
}

static void mmap_past_eof(void)
{
	int fd = temp_file();
	char *p;

	EXPECT(10, pwrite(fd, "0123456789", 10, 0));
	p = mmap(NULL, 3 * page_size, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	EXPECT('9', p[9]);
	EXPECT(0, p[10]);
	EXPECT(0, p[page_size - 1]);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, p + page_size, fault_read(p + page_size));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, p + 2 * page_size + 5,
		     fault_write(p + 2 * page_size + 5));
	OK(ftruncate(fd, 2 * page_size));
	EXPECT_FAULT(0, 0, NULL, fault_read(p + page_size));
	OK(ftruncate(fd, 5));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, p + page_size, fault_read(p + page_size));
	EXPECT(0, p[7]);
}

static void mmap_populate(void)
{
	unsigned char vec[16];
	long faults;
	char *p = mmap(NULL, 16 * page_size, RW, ANON | MAP_POPULATE, -1, 0);
	struct rusage before, after;

	CHECK(p != MAP_FAILED);
	OK(mincore(p, 16 * page_size, vec));
	for (int i = 0; i < 16; i++)
		EXPECT(1, vec[i] & 1);
	getrusage(RUSAGE_SELF, &before);
	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 16; i++)
		p[i * page_size] = 1;
	getrusage(RUSAGE_SELF, &after);
	faults = after.ru_minflt - before.ru_minflt;
	EXPECT(0, faults);
}

static void mmap_shared_anon(void)
{
	char *p = mmap(NULL, 2 * page_size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	CHECK(p != MAP_FAILED);
	p[0] = 1;
	pid = fork();
	if (!pid) {
		p[1] = 2;
		/* Not yet touched by anyone: must still become common. */
		p[page_size] = 3;
		_exit(p[0] != 1);
	}
	EXPECT_EXIT(0, pid);
	EXPECT(2, p[1]);
	EXPECT(3, p[page_size]);
}

static void mmap_private_anon(void)
{
	char *p = pages(1);
	pid_t pid;

	p[0] = 1;
	pid = fork();
	if (!pid) {
		p[0] = 2;
		_exit(p[0] != 2);
	}
	EXPECT_EXIT(0, pid);
	EXPECT(1, p[0]);
}

static void munmap_errors(void)
{
	char *p = pages(4);

	EXPECT_ERRNO(EINVAL, munmap(p + 1, page_size));
	EXPECT_ERRNO(EINVAL, munmap(p, 0));
	EXPECT_ERRNO(EINVAL, munmap((void *)-page_size, 2 * page_size));
	OK(munmap(p, 4 * page_size));
	/* Nothing there: that is what was asked for. */
	OK(munmap(p, 4 * page_size));
}

static void munmap_middle(void)
{
	char *p = pages(6);
	int before;

	memset(p, 1, 6 * page_size);
	before = map_count();
	OK(munmap(p + 2 * page_size, 2 * page_size));
	EXPECT(before + 1, map_count());
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, p + 2 * page_size, fault_read(p + 2 * page_size));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, p + 4 * page_size - 1,
		     fault_write(p + 4 * page_size - 1));
	EXPECT(1, p[2 * page_size - 1]);
	EXPECT(1, p[4 * page_size]);
	/* Not a multiple of the page size: rounded up. */
	OK(munmap(p, 6 * page_size - 7));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, p + 5 * page_size, fault_read(p + 5 * page_size));
}

static void munmap_many(void)
{
	char *p = pages(402);
	int before;

	/* Fences, so that it cannot be one mapping with a neighbour. */
	OK(mprotect(p, page_size, PROT_NONE));
	OK(mprotect(p + 401 * page_size, page_size, PROT_NONE));
	p += page_size;
	before = map_count();
	for (long i = 0; i < 400; i += 2)
		OK(mprotect(p + i * page_size, page_size, PROT_READ));
	EXPECT(before + 399, map_count());
	OK(munmap(p, 400 * page_size));
	EXPECT(before - 1, map_count());
}

static void vma_merge(void)
{
	char *p = pages(9), *q;
	int before = map_count();

	/* A hole filled with the same kind of memory is no separate mapping. */
	OK(munmap(p + 3 * page_size, 3 * page_size));
	EXPECT(before + 1, map_count());
	q = mmap(p + 3 * page_size, 3 * page_size, RW, ANON | MAP_FIXED, -1, 0);
	CHECK(q == p + 3 * page_size);
	madvise(q, 3 * page_size, MADV_NOHUGEPAGE);
	EXPECT(before, map_count());
	OK(mprotect(p + page_size, page_size, PROT_NONE));
	EXPECT(before + 2, map_count());
	OK(mprotect(p + page_size, page_size, RW));
	EXPECT(before, map_count());
}

static void mprotect_faults(void)
{
	char *p = pages(2);

	p[0] = 9;
	OK(mprotect(p, page_size, PROT_READ));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, p + 3, fault_write(p + 3));
	EXPECT(9, p[0]);
	OK(mprotect(p, page_size, PROT_NONE));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, p, fault_read(p));
	OK(mprotect(p, page_size, RW));
	EXPECT(9, p[0]);
	p[0] = 10;
	EXPECT(10, p[0]);
	/* Never touched, then made read-only: a read gives zeros, a write faults. */
	OK(mprotect(p + page_size, page_size, PROT_READ));
	EXPECT(0, p[page_size]);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, p + page_size, fault_write(p + page_size));
}

static void mprotect_errors(void)
{
	char *p = pages(4);
	int fd = OK(open("/proc/self/exe", O_RDONLY));
	char *ro = mmap(NULL, page_size, PROT_READ, MAP_SHARED, fd, 0);

	CHECK(ro != MAP_FAILED);
	EXPECT_ERRNO(EINVAL, mprotect(p + 1, page_size, PROT_READ));
	EXPECT_ERRNO(EACCES, mprotect(ro, page_size, RW));
	OK(munmap(p + 2 * page_size, page_size));
	EXPECT_ERRNO(ENOMEM, mprotect(p, 4 * page_size, PROT_READ));
	EXPECT_ERRNO(ENOMEM, mprotect(p + 2 * page_size, page_size, PROT_READ));
	OK(mprotect(p, 0, PROT_READ));
}

/* "return", as the machine says it. */
#ifdef __riscv
static const unsigned char return_code[] = { 0x82, 0x80 };

static void flush_code(char *start, char *end)
{
	OK(syscall(SYS_riscv_flush_icache, start, end, 0));
}
#else
static const unsigned char return_code[] = { 0xc3 };

static void flush_code(char *start, char *end)
{
}
#endif

static void mprotect_exec(void)
{
	char *p = pages(1);
	void (*func)(void) = (void (*)(void))p;

	memcpy(p, return_code, sizeof(return_code));
	flush_code(p, p + page_size);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, p, fault_call(func));
	OK(mprotect(p, page_size, PROT_READ | PROT_EXEC));
	EXPECT_FAULT(0, 0, NULL, fault_call(func));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, p, fault_write(p));
}

static void mremap_move(void)
{
	char *p = pages(8), *q;

	memset(p, 'm', 2 * page_size);
	OK(munmap(p + 4 * page_size, 4 * page_size));
	/* Room behind it: grows where it is. */
	q = mremap(p, 4 * page_size, 5 * page_size, 0);
	CHECK(q == p);
	EXPECT('m', q[page_size]);
	EXPECT(0, q[4 * page_size]);
	/* No room: moves, if it may. */
	CHECK(mmap(p + 5 * page_size, page_size, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1,
		   0) == p + 5 * page_size);
	EXPECT_ERRNO(ENOMEM, (long)mremap(p, 5 * page_size, 64 * page_size, 0));
	q = mremap(p, 5 * page_size, 64 * page_size, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p);
	EXPECT('m', q[2 * page_size - 1]);
	EXPECT(0, q[63 * page_size]);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, p, fault_read(p));
}

static void mremap_shrink(void)
{
	char *p = pages(4);

	memset(p, 1, 4 * page_size);
	CHECK(mremap(p, 4 * page_size, page_size, 0) == p);
	EXPECT(1, p[0]);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, p + page_size, fault_read(p + page_size));
}

static void mremap_fixed(void)
{
	char *p = pages(2), *target = pages(4), *q;

	memset(p, 3, 2 * page_size);
	memset(target, 4, 4 * page_size);
	q = mremap(p, 2 * page_size, 2 * page_size, MREMAP_MAYMOVE | MREMAP_FIXED,
		   target + page_size);
	CHECK(q == target + page_size);
	EXPECT(4, target[0]);
	EXPECT(3, q[0]);
	EXPECT(3, q[2 * page_size - 1]);
	EXPECT(4, target[3 * page_size]);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, p, fault_read(p));
}

static void mremap_errors(void)
{
	const int keep = MREMAP_MAYMOVE | 4;	/* MREMAP_DONTUNMAP: not every libc knows it */
	char *p = pages(4), *q;

	EXPECT_ERRNO(EINVAL, (long)mremap(p + 1, page_size, page_size, 0));
	EXPECT_ERRNO(EINVAL, (long)mremap(p, page_size, 0, 0));
	EXPECT_ERRNO(EINVAL, (long)mremap(p, page_size, page_size, 64));
	EXPECT_ERRNO(EINVAL, (long)mremap(p, page_size, page_size, MREMAP_FIXED, p));
	EXPECT_ERRNO(EINVAL, (long)mremap(p, page_size, page_size, keep, p));
	EXPECT_ERRNO(EINVAL, (long)mremap(p, page_size, page_size, keep, (char *)-1));
	q = mremap(p, page_size, page_size, keep, (char *)page_size);
	CHECK(q != MAP_FAILED && (unsigned long)q >= 0x10000);	/* never where NULL points */
	OK(munmap(p + page_size, page_size));
	EXPECT_ERRNO(EFAULT, (long)mremap(p + page_size, page_size, 2 * page_size,
					  MREMAP_MAYMOVE));
}

static void brk_moves(void)
{
	char *end = (char *)syscall(SYS_brk, 0), *base;

	base = (char *)(((unsigned long)end + page_size - 1) & -page_size);
	EXPECT((long)(base + 3 * page_size), syscall(SYS_brk, base + 3 * page_size));
	EXPECT(0, base[2 * page_size]);
	memset(base, 1, 3 * page_size);
	EXPECT((long)(base + page_size), syscall(SYS_brk, base + page_size));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, base + page_size, fault_read(base + page_size));
	EXPECT((long)(base + 2 * page_size), syscall(SYS_brk, base + 2 * page_size));
	EXPECT(1, base[0]);
	EXPECT(0, base[page_size]);
	/* What cannot be done leaves the end where it is, and returns it. */
	EXPECT((long)(base + 2 * page_size), syscall(SYS_brk, -page_size));
	EXPECT((long)(base + 2 * page_size), syscall(SYS_brk, page_size));
	EXPECT((long)end, syscall(SYS_brk, end));
}

static void rlimit_as(void)
{
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };
	char *p;

	limit.rlim_cur = (status_kib("VmSize:") + 1024) * 1024;
	OK(setrlimit(RLIMIT_AS, &limit));
	EXPECT_ERRNO(ENOMEM, raw_mmap(NULL, 2 << 20, RW, ANON, -1, 0));
	p = pages(4);
	p[0] = 1;
}

static void noreserve(void)
{
	/* Far more than there is: only what is touched counts. */
	size_t bytes = 8UL << 30;
	char *p = mmap(NULL, bytes, RW, ANON | MAP_NORESERVE, -1, 0);

	CHECK(p != MAP_FAILED);
	for (size_t at = 0; at < bytes; at += bytes / 16)
		p[at] = 1;
	OK(munmap(p, bytes));
}

static void maps_sorted(void)
{
	static char text[32768];
	unsigned long last = 0;

	munmap(pages(3) + page_size, page_size);
	CHECK(read_file("/proc/self/maps", text, sizeof(text)) > 0);
	for (char *line = text; *line; line = strchr(line, '\n') + 1) {
		char *at;
		unsigned long start = strtoul(line, &at, 16), end;

		EXPECT('-', *at);
		end = strtoul(at + 1, &at, 16);
		CHECK(start >= last && start < end && end % page_size == 0);
		/* The kernel's own page at the top is not part of the order on every machine. */
		last = end;
	}
}

static const struct subtest tests[] = {
	{ "mmap_zero", mmap_zero, T_NOMMU },
	{ "mmap_errors", mmap_errors, 0 },
	{ "mmap_noexec", mmap_noexec, T_QUIRE },
	{ "mmap_hint", mmap_hint, 0 },
	{ "mmap_fixed", mmap_fixed, 0 },
	{ "mmap_fixed_noreplace", mmap_fixed_noreplace, 0 },
	{ "mmap_file_private", mmap_file_private, 0 },
	{ "mmap_file_shared", mmap_file_shared, 0 },
	{ "mmap_past_eof", mmap_past_eof, 0 },
	{ "mmap_populate", mmap_populate, 0 },
	{ "mmap_shared_anon", mmap_shared_anon, 0 },
	{ "mmap_private_anon", mmap_private_anon, 0 },
	{ "munmap_errors", munmap_errors, 0 },
	{ "munmap_middle", munmap_middle, 0 },
	{ "munmap_many", munmap_many, 0 },
	{ "vma_merge", vma_merge, 0 },
	{ "mprotect_faults", mprotect_faults, 0 },
	{ "mprotect_errors", mprotect_errors, 0 },
	{ "mprotect_exec", mprotect_exec, 0 },
	{ "mremap_move", mremap_move, 0 },
	{ "mremap_shrink", mremap_shrink, 0 },
	{ "mremap_fixed", mremap_fixed, 0 },
	{ "mremap_errors", mremap_errors, 0 },
	{ "brk_moves", brk_moves, 0 },
	{ "rlimit_as", rlimit_as, 0 },
	{ "noreserve", noreserve, 0 },
	{ "maps_sorted", maps_sorted, 0 },
};

SUITE(memtest_suite, "memtest", tests);
