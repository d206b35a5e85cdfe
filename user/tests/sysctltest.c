/* SPDX-License-Identifier: MIT */
/*
 * sysctltest - what /proc takes when it is written to: sysctls refuse what is out of range and
 * keep what they had, modes bind root, too, and a change has its effect.
 *
 * Linux: tools/testing/selftests/sysctl. Differs: written from Documentation/admin-guide/sysctl.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define VM "/proc/sys/vm/"

static char text[65536], again[4096];

/* The number a file begins with. */
static long number(const char *path)
{
	char buf[64];

	CHECK(read_file(path, buf, sizeof(buf)) > 0);
	return strtol(buf, NULL, 10);
}

static int open_sys(const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	return open(path, flags);
}

/* One write(2), as `echo` does it. */
static int put(const char *path, const char *value)
{
	int fd = OK(open(path, O_WRONLY));
	int n = write(fd, value, strlen(value)), err = errno;

	close(fd);
	errno = err;
	return n;
}

static int put_number(const char *path, long value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%ld", value);
	return put(path, buf);
}

/* Each is refused with EINVAL and changes nothing. */
static void ranges(void)
{
	static const struct { const char *name, *bad[3]; } rows[] = {
		{ "swappiness", { "201", "-1", "4294967356" } },
		{ "overcommit_memory", { "3", "-1", "x" } },
		{ "panic_on_oom", { "3", "-1", "1x" } },
		{ "page-cluster", { "32", "-1", " " } },
		{ "watermark_scale_factor", { "0", "3001", "-5" } },
		{ "dirty_ratio", { "101", "-1", "+1" } },
		{ "dirty_background_ratio", { "101", "-1", "1,2" } },
		{ "max_map_count", { "-1", "2147483648", "0x" } },
		{ "min_free_kbytes", { "-1", "99999999999999999999", "2147483647" } },
		{ "vfs_cache_pressure", { "-1", "one", "--1" } },
		{ "overcommit_ratio", { "2147483648", "-2147483649", "\n" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[64];

		snprintf(path, sizeof(path), VM "%s", rows[i].name);
		CHECK(read_file(path, again, sizeof(again)) > 1);
		for (int j = 0; j < 3; j++) {
			if (put(path, rows[i].bad[j]) != -1 || errno != EINVAL)
				FAIL("%s took '%s'", path, rows[i].bad[j]);
			CHECK(read_file(path, text, sizeof(text)) > 1 && !strcmp(text, again));
		}
		EXPECT(strlen(again), put(path, again));
		CHECK(read_file(path, text, sizeof(text)) > 1 && !strcmp(text, again));
	}
}

/* All the ways in which a number may be written. */
static void numbers(void)
{
	static const struct { const char *in; int out; } rows[] = {
		{ "61", 61 }, { " 62\n", 62 }, { "0x3f", 63 }, { "0100", 64 }, { "65 junk", 65 },
	};
	long ratio = number(VM "overcommit_ratio");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		EXPECT(strlen(rows[i].in), put(VM "swappiness", rows[i].in));
		EXPECT(rows[i].out, number(VM "swappiness"));
	}
	EXPECT(0, put(VM "swappiness", ""));
	EXPECT(2, put(VM "swappiness", "60"));
	/* The later of the two holds. */
	EXPECT(4, put(VM "overcommit_kbytes", "4096"));
	EXPECT(0, number(VM "overcommit_ratio"));
	CHECK(put_number(VM "overcommit_ratio", ratio) > 0);
	EXPECT(0, number(VM "overcommit_kbytes"));
}

/* Twice the reserve moves the marks of the zones. */
static void watermarks(void)
{
	long kib = number(VM "min_free_kbytes"), low, before;

	CHECK(kib > 0 && read_file("/proc/zoneinfo", text, sizeof(text)) > 0);
	before = field(strstr(text, "low "), "low");
	CHECK(put_number(VM "min_free_kbytes", kib * 2) > 0);
	EXPECT(kib * 2, number(VM "min_free_kbytes"));
	CHECK(read_file("/proc/zoneinfo", text, sizeof(text)) > 0);
	low = field(strstr(text, "low "), "low");
	CHECK(put_number(VM "min_free_kbytes", kib) > 0);
	CHECK(low > before);
}

static void modes(void)
{
	static const char *const read_only[] = {
		"kernel/osrelease", "kernel/ostype", "kernel/random/uuid", "fs/file-nr",
	};
	struct utsname u;

	for (size_t i = 0; i < ARRAY_LEN(read_only); i++) {
		EXPECT_ERRNO(EACCES, open_sys(read_only[i], O_WRONLY));
		EXPECT_ERRNO(EACCES, open_sys(read_only[i], O_RDWR));
		close(OK(open_sys(read_only[i], O_RDONLY)));
	}
	EXPECT_ERRNO(EACCES, open(VM "drop_caches", O_RDONLY));
	EXPECT_ERRNO(EACCES, access(VM "drop_caches", R_OK));
	OK(access(VM "drop_caches", W_OK));
	EXPECT_ERRNO(EINVAL, put(VM "drop_caches", "0"));
	EXPECT_ERRNO(EINVAL, put(VM "drop_caches", "5"));
	EXPECT_ERRNO(EINVAL, put(VM "compact_memory", "2"));
	EXPECT(1, put(VM "compact_memory", "1"));
	OK(uname(&u));
	EXPECT(5, put("/proc/sys/kernel/hostname", "gnat\n"));
	CHECK(read_file("/proc/sys/kernel/hostname", text, 64) == 5 && !strcmp(text, "gnat\n"));
	CHECK(put("/proc/sys/kernel/hostname", u.nodename) > 0);
	CHECK(read_file("/proc/sys/kernel/random/boot_id", text, 64) == 37);
	CHECK(read_file("/proc/sys/kernel/random/boot_id", again, 64) == 37);
	CHECK(!strcmp(text, again));
	CHECK(read_file("/proc/sys/kernel/random/uuid", text, 64) == 37 && strcmp(text, again));
}

/* What was read from the disk is gone from memory, and can be read again. */
static void drop_caches(void)
{
	int fd = open("/dev/vda", O_RDONLY);
	long buffers;

	if (fd < 0)
		test_skip("no disk");
	EXPECT(65536, read(fd, text, sizeof(text)));
	buffers = mem_kib("Buffers:");
	CHECK(buffers >= 64);
	close(fd);
	/* What is still being read ahead cannot go yet. */
	do {
		EXPECT(1, put(VM "drop_caches", "1"));
	} while (mem_kib("Buffers:"));
	EXPECT(2, put(VM "drop_caches", "3\n"));
	fd = OK(open("/dev/vda", O_RDONLY));
	EXPECT(4096, read(fd, text, 4096));
	close(fd);
}

static void oom_score(void)
{
	static const char *const bad[] = { "1001", "-1001", "", "x", "1 2", "99999999999" };

	EXPECT(0, number("/proc/self/oom_score_adj"));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (*bad[i])
			EXPECT_ERRNO(EINVAL, put("/proc/self/oom_score_adj", bad[i]));
	}
	EXPECT(5, put("/proc/self/oom_score_adj", "1000\n"));
	EXPECT(1000, number("/proc/self/oom_score_adj"));
	CHECK(number("/proc/self/oom_score") >= 1333);
	EXPECT(5, put("/proc/self/oom_score_adj", "-1000"));
	EXPECT(0, number("/proc/self/oom_score"));
	EXPECT(0, put("/proc/self/comm", ""));
	EXPECT(25, put("/proc/self/comm", "a name that is too long\n\n"));
	CHECK(read_file("/proc/self/comm", text, 64) == 16 && !strcmp(text, "a name that is \n"));
	EXPECT_ERRNO(EINVAL, put("/proc/1/comm", "no"));
}

/* A move that would take one mapping too many is refused before anything is unmapped. */
static void mappings_limit(void)
{
	long limit = number(VM "max_map_count"), unit = page_size;
	char *p = pages(2), *target = pages(3) + unit, *q;
	int err;

	memset(p, 'p', 2 * unit);
	memset(target, 't', unit);
	OK(mprotect(target, unit, PROT_READ));	/* a mapping of its own */
	CHECK(put_number(VM "max_map_count", map_count()) > 0);
	q = mremap(p, 2 * unit, unit, MREMAP_MAYMOVE | MREMAP_FIXED, target);
	err = errno;
	CHECK(put_number(VM "max_map_count", limit) > 0);
	CHECK(q == MAP_FAILED);
	EXPECT(ENOMEM, err);
	EXPECT('p', p[unit]);
	EXPECT('t', *target);
	CHECK(mremap(p, 2 * unit, unit, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
	EXPECT('p', *target);
}

static const struct subtest tests[] = {
	{ "ranges", ranges, T_QUIRE },
	{ "numbers", numbers, T_QUIRE },
	{ "watermarks", watermarks, T_QUIRE | T_NOMMU },
	{ "modes", modes, T_QUIRE | T_NOMMU },
	{ "drop_caches", drop_caches, T_QUIRE | T_NO_LEAK },
	{ "oom_score", oom_score, 0 },
	{ "mappings_limit", mappings_limit, T_QUIRE },
};
SUITE(sysctltest_suite, "sysctltest", tests);
