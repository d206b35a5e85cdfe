/* SPDX-License-Identifier: MIT */
/*
 * The runner of the user tests and its helpers (contracts in testlib.h).
 *
 * A subtest's message is written into memory shared with the runner, so that a grandchild or a
 * thread can fail the subtest too: the first message wins. Where fork does not exist (no MMU)
 * the subtests marked T_NOMMU run in this process, and a failure comes back by longjmp.
 *
 * A loss of free pages is only called a leak if it shows again when the subtest is repeated:
 * the first run may fill caches that stay.
 *
 * Linux: tools/testing/selftests/kselftest_harness.h. Differs: the leak check.
 */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define TIMEOUT_S 120
#define LEAK_PAGES 16
#define LEAK_RUNS 3
#define EXIT_FAILED 70
#define EXIT_SKIPPED 71

struct report {
	int failed;
	char text[400];
};

long page_size;

static struct report *report;
static int can_fork;
static jmp_buf back_to_runner;

/* ---- Failing ---- */

static void leave(int code)
{
	if (can_fork)
		_exit(code);
	longjmp(back_to_runner, code);
}

void test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;
	int at;

	if (!__atomic_exchange_n(&report->failed, 1, __ATOMIC_SEQ_CST)) {
		at = snprintf(report->text, sizeof(report->text), "%s:%d: ", basename_of(file),
			      line);
		va_start(args, format);
		vsnprintf(report->text + at, sizeof(report->text) - at, format, args);
		va_end(args);
	}
	leave(EXIT_FAILED);
	abort();
}

void test_expect(const char *file, int line, const char *what, long expected, long got)
{
	if (expected != got)
		test_fail(file, line, "%s: expected %ld got %ld", what, expected, got);
}

void test_errno(const char *file, int line, const char *what, int err, long result)
{
	int got = errno;

	if (result != -1)
		test_fail(file, line, "%s: expected %s got result %ld", what, strerror(err),
			  result);
	if (got != err)
		test_fail(file, line, "%s: expected %s got %s", what, strerror(err), strerror(got));
}

long test_ok(const char *file, int line, const char *what, long result)
{
	if (result == -1)
		test_fail(file, line, "%s: expected success got %s", what, strerror(errno));
	return result;
}

void test_skip(const char *why)
{
	snprintf(report->text, sizeof(report->text), "%s", why);
	leave(EXIT_SKIPPED);
	abort();
}

/* ---- Catching faults ---- */

static jmp_buf fault_jump;
static struct fault caught;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	caught = (struct fault){ sig, info->si_code, info->si_addr };
	longjmp(fault_jump, 1);
}

/* NODEFER: longjmp out of the handler does not restore the signal mask. */
static void catch_faults(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGILL, &sa, NULL);
	caught = (struct fault){ 0 };
}

static void let_faults(void)
{
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	signal(SIGILL, SIG_DFL);
}

struct fault fault_read(const volatile void *p)
{
	catch_faults();
	if (!setjmp(fault_jump))
		(void)*(const volatile char *)p;
	let_faults();
	return caught;
}

struct fault fault_write(volatile void *p)
{
	catch_faults();
	if (!setjmp(fault_jump))
		*(volatile char *)p = 1;
	let_faults();
	return caught;
}

struct fault fault_call(void (*func)(void))
{
	catch_faults();
	if (!setjmp(fault_jump))
		func();
	let_faults();
	return caught;
}

void test_fault(const char *file, int line, const char *what, int sig, int code,
		const volatile void *addr, struct fault got)
{
	if (got.sig != sig || (sig && (got.code != code || got.addr != (void *)addr)))
		test_fail(file, line, "%s: expected signal %d code %d at %p got %d, %d, %p", what,
			  sig, code, (void *)addr, got.sig, got.code, got.addr);
}

/* ---- Looking at the system ---- */

static char text[32768];

long status_kib(const char *key)
{
	return file_field("/proc/self/status", key);
}

long vm_counter(const char *name)
{
	return file_field("/proc/vmstat", name);
}

long mem_kib(const char *key)
{
	return file_field("/proc/meminfo", key);
}

int on_quire(void)
{
	static int answer = -1;

	if (answer < 0)
		answer = vm_counter("fault_anon_write") >= 0;
	return answer;
}

int map_count(void)
{
	int nr = 0;

	CHECK(read_file("/proc/self/maps", text, sizeof(text)) > 0);
	for (char *s = text; *s; s++)
		nr += *s == '\n';
	return nr;
}

/* Quire's MemFree is exact: pages on per-hart lists are in it. */
long free_pages(void)
{
	return mem_kib("MemFree:") * 1024 / page_size;
}

long free_pages_settled(void)
{
	long last = -1, now = free_pages();

	for (int tries = 0; tries < 100 && now != last; tries++) {
		nap(20);
		last = now;
		now = free_pages();
	}
	return now;
}

/* ---- Small helpers ---- */

char *pages(long nr)
{
	char *p = mmap(NULL, nr * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		FAIL("mmap of %ld pages: %s", nr, strerror(errno));
	madvise(p, nr * page_size, MADV_NOHUGEPAGE);
	return p;
}

int temp_file(void)
{
	char name[] = "/tmp/testXXXXXX";
	int fd = mkstemp(name);

	if (fd < 0)
		FAIL("mkstemp: %s", strerror(errno));
	unlink(name);
	return fd;
}

char test_dir[64];

void enter_dir(void)
{
	const char *where = getenv("FSTEST_DIR");

	snprintf(test_dir, sizeof(test_dir), "%s/testXXXXXX", where ? where : "/tmp");
	CHECK(mkdtemp(test_dir));
	OK(chdir(test_dir));
}

void leave_dir(void)
{
	OK(chdir("/"));
	OK(rmdir(test_dir));
}

int child_status(pid_t pid)
{
	int status = -1;

	if (pid < 0)
		FAIL("fork: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			FAIL("waitpid(%d): %s", pid, strerror(errno));
	return status;
}

void test_exit(const char *file, int line, int code, pid_t pid)
{
	int status = child_status(pid);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		test_fail(file, line, "child: expected exit %d got wait status 0x%x", code, status);
}

void test_killed(const char *file, int line, int sig, pid_t pid)
{
	int status = child_status(pid);

	if (!WIFSIGNALED(status) || WTERMSIG(status) != sig)
		test_fail(file, line, "child: expected signal %d got wait status 0x%x", sig,
			  status);
}

void wait_until_in(pid_t pid, long call)
{
	char path[40], line[200];

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	do {
		sched_yield();
		CHECK(read_file(path, line, sizeof(line)) > 0);
	} while (strtol(line, NULL, 10) != call || line[0] == 'r');
}

void nap(int ms)
{
	usleep(ms * 1000);
}

/* ---- The runner ---- */

/* What an earlier subtest in this process left of blocked or pending signals and handlers goes. */
static void fresh_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig <= 64; sig++)
		signal(sig, SIG_IGN);		/* drops pending ones */
	for (int sig = 1; sig <= 64; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int run_here(const struct subtest *t)
{
	int code;

	fresh_signals();
	code = setjmp(back_to_runner);

	if (!code) {
		t->run();
		return 0;
	}
	return code;
}

static int run_in_child(const struct subtest *t)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		/* A group of its own, so that whatever it leaves can be ended. */
		setpgid(0, 0);
		alarm(TIMEOUT_S);
		t->run();
		_exit(0);
	}
	if (pid < 0) {
		report->failed = 1;
		snprintf(report->text, sizeof(report->text), "fork: %s", strerror(errno));
		return EXIT_FAILED;
	}
	status = child_status(pid);
	kill(-pid, SIGKILL);
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) >= EXIT_FAILED))
		return WEXITSTATUS(status);
	if (!report->failed)
		snprintf(report->text, sizeof(report->text), "expected exit 0 got %s %d",
			 WIFSIGNALED(status) ? "signal" : "exit",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return EXIT_FAILED;
}

static int run_once(const struct subtest *t)
{
	memset(report, 0, sizeof(*report));
	return can_fork ? run_in_child(t) : run_here(t);
}

/*
 * Free pages less what is in swap alone, once the harts have given back the empty slabs that they
 * keep. So a page that goes to swap or comes back is neither lost nor won.
 */
static long unused_pages(void)
{
	int fd = on_quire() ? open("/proc/sys/vm/drop_caches", O_WRONLY) : -1;

	if (fd >= 0) {
		if (write(fd, "2", 1) != 1)
			FAIL("drop_caches: %s", strerror(errno));
		close(fd);
	}
	return free_pages() -
		(mem_kib("SwapTotal:") - mem_kib("SwapFree:") - mem_kib("SwapCached:")) * 1024 /
		page_size;
}

/* Pages lost over one run; waits a little for what is freed late. */
static long run_and_count(const struct subtest *t, int *code)
{
	long before = unused_pages(), lost;

	*code = run_once(t);
	for (int i = 0; i < 20; i++) {
		lost = before - unused_pages();
		if (lost <= LEAK_PAGES)
			return 0;
		nap(10);
	}
	return lost;
}

static int run_subtest(const struct subtest *t)
{
	int code, checked = on_quire() && !(t->flags & T_NO_LEAK) && can_fork;
	long lost = 1;

	for (int i = 0; i < LEAK_RUNS && lost; i++) {
		lost = run_and_count(t, &code);
		if (code || !checked)
			return code;
	}
	if (!lost)
		return 0;
	snprintf(report->text, sizeof(report->text),
		 "expected no lost pages got %ld in each of %d runs", lost, LEAK_RUNS);
	return EXIT_FAILED;
}

/* Named as a suite, a test, SUITE.TEST (as in the output) or cow/TEST (as for make gdb)? */
static int wanted(const struct suite *s, const struct subtest *t, char **names, int nr)
{
	char full[128], path[128];
	size_t stem = strlen(s->name);

	if (stem > 4 && !strcmp(s->name + stem - 4, "test"))
		stem -= 4;
	snprintf(full, sizeof(full), "%s.%s", s->name, t->name);
	snprintf(path, sizeof(path), "%.*s/%s", (int)stem, s->name, t->name);
	for (int i = 0; i < nr; i++)
		if (!strcmp(names[i], s->name) || !strcmp(names[i], t->name) ||
		    !strcmp(names[i], full) || !strcmp(names[i], path))
			return 1;
	return !nr;
}

static const char *unfit(const struct subtest *t)
{
	if (!can_fork && !(t->flags & T_NOMMU))
		return "needs an MMU";
	if ((t->flags & T_QUIRE) && !on_quire())
		return "only on Quire";
	return NULL;
}

/* Prints one TAP line; returns 1 if it is a failure. */
static int run_and_print(int number, const struct suite *s, const struct subtest *t)
{
	const char *why = unfit(t);
	int code = why ? EXIT_SKIPPED : run_subtest(t);

	printf("%s %d - %s.%s", code == EXIT_FAILED ? "not ok" : "ok", number, s->name, t->name);
	if (code == EXIT_SKIPPED)
		printf(" # SKIP %s", why ? why : report->text);
	else if (code == EXIT_FAILED)
		printf(": %s", report->text);
	putchar('\n');
	fflush(stdout);
	return code == EXIT_FAILED;
}

static void prepare(void)
{
	static struct report local;
	pid_t pid;

	page_size = sysconf(_SC_PAGESIZE);
	fflush(stdout);
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (report == MAP_FAILED)
		report = &local;
	pid = fork();
	if (!pid)
		_exit(0);
	can_fork = pid > 0;
	if (can_fork)
		waitpid(pid, NULL, 0);
}

int run_suites(const struct suite *const *suites, int nr, char **names, int nr_names)
{
	int planned = 0, number = 0, failed = 0;

	prepare();
	for (int i = 0; i < nr; i++)
		for (int j = 0; j < suites[i]->nr; j++)
			planned += wanted(suites[i], &suites[i]->tests[j], names, nr_names);
	if (nr_names && !planned) {
		fprintf(stderr, "%s: no such test: %s\n", progname, names[0]);
		return 100;
	}
	printf("1..%d\n", planned);
	fflush(stdout);
	for (int i = 0; i < nr; i++)
		for (int j = 0; j < suites[i]->nr; j++)
			if (wanted(suites[i], &suites[i]->tests[j], names, nr_names))
				failed += run_and_print(++number, suites[i], &suites[i]->tests[j]);
	printf("# %d of %d failed\n", failed, planned);
	return failed < 100 ? failed : 100;
}

void list_suites(const struct suite *const *suites, int nr)
{
	for (int i = 0; i < nr; i++)
		for (int j = 0; j < suites[i]->nr; j++)
			printf("%s.%s\n", suites[i]->name, suites[i]->tests[j].name);
}
