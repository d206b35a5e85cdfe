/* SPDX-License-Identifier: MIT */
/*
 * The frame of the user tests. A suite is a table of subtests; each runs in a child of its own,
 * so a crash is one failure and not the end, and prints one TAP line. After each subtest the
 * runner compares the free pages of the system: what ends must leave nothing behind.
 */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

#include "user/util.h"

enum {
	T_NOMMU = 1,	/* makes sense without an MMU: needs no fork, no faults */
	T_NO_LEAK = 2,	/* leaves something on purpose (caches): do not compare free pages */
	T_QUIRE = 4,	/* counts exactly, or needs root and an own machine: only on Quire */
};

struct subtest {
	const char *name;
	void (*run)(void);
	int flags;
};

struct suite {
	const char *name;
	const struct subtest *tests;
	int nr;
};

#define SUITE(id, suite_name, table) \
	const struct suite id = { suite_name, table, ARRAY_LEN(table) }

extern const struct suite memtest_suite, faulttest_suite, cowtest_suite, proctest_suite;
extern const struct suite sigtest_suite, badargs_suite, fstest_suite, procfstest_suite,
	sysctltest_suite, sysfstest_suite, nstest_suite, worldtest_suite, limittest_suite,
	committest_suite, tasktest_suite, vfstest_suite, mounttest_suite;

/*
 * run_suites() - run the chosen subtests (all without names) and print TAP.
 *
 * => names may be of suites, of subtests, or "suite.subtest".
 * => returns the number of failures, at most 100.
 */
int run_suites(const struct suite *const *suites, int nr, char **names, int nr_names);

/* list_suites() - print "suite.subtest" lines. */
void list_suites(const struct suite *const *suites, int nr);

/* Each of these ends the subtest when it does not hold. */
#define CHECK(cond) do { if (!(cond)) test_fail(__FILE__, __LINE__, "%s", #cond); } while (0)
#define EXPECT(expected, got) test_expect(__FILE__, __LINE__, #got, (long)(expected), (long)(got))
/* A call that must give -1 and this errno; one that must not give -1. */
#define EXPECT_ERRNO(err, call) test_errno(__FILE__, __LINE__, #call, err, (long)(call))
#define OK(call) test_ok(__FILE__, __LINE__, #call, (long)(call))
#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));
void test_expect(const char *file, int line, const char *what, long expected, long got);
void test_errno(const char *file, int line, const char *what, int err, long result);
long test_ok(const char *file, int line, const char *what, long result);

/* test_skip() - end the subtest as skipped, and say why. */
void test_skip(const char *why) __attribute__((noreturn));

/* A signal that an access or a call brought about; sig is 0 if there was none. */
struct fault {
	int sig, code;
	void *addr;
};

/* fault_read(), fault_write() - access one byte and tell what happened. */
struct fault fault_read(const volatile void *p);
struct fault fault_write(volatile void *p);

/* fault_call() - call a function (any address) and tell what happened. */
struct fault fault_call(void (*func)(void));

/* expect_fault() - fails unless it is this signal, code and address. */
#define EXPECT_FAULT(want_sig, want_code, want_addr, f) \
	test_fault(__FILE__, __LINE__, #f, want_sig, want_code, want_addr, f)
void test_fault(const char *file, int line, const char *what, int sig, int code,
		const volatile void *addr, struct fault got);

/* pages() - anonymous private memory of so many small pages, or the subtest fails. */
char *pages(long nr);

extern long page_size;

/* status_kib() - a line of /proc/self/status ("VmRSS:") in KiB. */
long status_kib(const char *key);

/* vm_counter() - a counter of /proc/vmstat, or -1. */
long vm_counter(const char *name);

/* mem_kib() - a line of /proc/meminfo in KiB, or -1. */
long mem_kib(const char *key);

/* map_count() - the number of lines of /proc/self/maps. */
int map_count(void);

/* temp_file() - an open file in /tmp that has no name any more. */
int temp_file(void);

/*
 * enter_dir() - into a new directory, test_dir, in /tmp or $FSTEST_DIR. leave_dir() - out of it; it
 * must be empty.
 */
extern char test_dir[64];
void enter_dir(void);
void leave_dir(void);

/* child_status() - wait for a child; its wait status. */
int child_status(pid_t pid);

/* EXPECT_EXIT() - the child must have ended with exit(code). */
#define EXPECT_EXIT(code, pid) test_exit(__FILE__, __LINE__, code, pid)
void test_exit(const char *file, int line, int code, pid_t pid);

/* EXPECT_KILLED() - the child must have died of this signal. */
#define EXPECT_KILLED(sig, pid) test_killed(__FILE__, __LINE__, sig, pid)
void test_killed(const char *file, int line, int sig, pid_t pid);

/* on_quire() - is it Quire, where counts are exact? Else Linux, which is only nearly so. */
int on_quire(void);

/* free_pages() - free pages of the system, those of per-CPU lists included. */
long free_pages(void);
/* free_pages_settled() - the same, once two looks 20 ms apart agree: all that died has let go. */
long free_pages_settled(void);

/*
 * wait_until_in() - until this process sleeps in this system call. What must come while it sleeps
 * comes after this, however slow anybody is.
 */
void wait_until_in(pid_t pid, long call);

/* nap() - sleep for some milliseconds. */
void nap(int ms);
