/* SPDX-License-Identifier: MIT */
/*
 * user/tests/libctest.c: the C library tested from inside a program, as KTAP.
 *
 * It runs under Quire, under Linux and under qemu-riscv64 alike. Where fork()
 * does not exist (no MMU), its test is skipped.
 *
 * Linux: none. Differs: -
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static int failures;		/* of the running test */

#define CHECK(cond) check((cond), #cond, __LINE__)

static void check(int ok, const char *what, int line)
{
	if (ok)
		return;
	printf("# line %d: %s\n", line, what);
	failures++;
}

/* Does the format give this text, and say so in its result? */
static void __printf_like(2, 3) expect(const char *want, const char *fmt, ...)
{
	char got[400];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(got, sizeof(got), fmt, ap);
	va_end(ap);
	if (strcmp(got, want) == 0 && n == (int)strlen(want))
		return;
	printf("# \"%s\" gave \"%s\", not \"%s\"\n", fmt, got, want);
	failures++;
}

static int test_printf(void)
{
	char small[5];

	expect("42|   42|42   |00042|-42|+42", "%d|%5d|%-5d|%05d|%d|%+d", 42, 42, 42, 42, -42, 42);
	expect("ff|0xff|FF|377|0377|0x00ff", "%x|%#x|%X|%o|%#o|0x%04x", 255, 255, 255, 255, 255,
	       255);
	expect("18446744073709551615 -9223372036854775808", "%lu %ld", ULONG_MAX, LONG_MIN);
	expect("44 65535 7 9", "%hhd %hu %zu %jd", (signed char)300,
	       (unsigned short)-1, (size_t)7, (intmax_t)9);
	expect("007||x", "%.3d|%.0d|%c", 7, 0, 'x');
	expect("ab|   ab|ab   |a|", "%s|%5s|%-5s|%.1s|%.*s", "ab", "ab", "ab", "ab", 0, "ab");
	expect("3.14|   2.5|-0.001|100.0|1|1.500000", "%.2f|%6.1f|%.3f|%.1f|%.0f|%f", 3.14159, 2.5,
	       -0.0005, 99.95, 1.0, 1.5);
	expect("100%|0x10|inf|nan", "%d%%|%p|%f|%f", 100, (void *)16, __builtin_inf(),
	       __builtin_nan(""));
	CHECK(snprintf(small, sizeof(small), "too long") == 8 && strcmp(small, "too ") == 0);
	return 0;
}

static int test_scanf(void)
{
	int a, n = -1;
	unsigned long b;
	char w[20], s[20], c;

	CHECK(sscanf("12 (some name) S 0xff tail", "%d (%[^)]) %c %lx %s%n", &a, w, &c, &b, s,
		     &n) == 5);
	CHECK(a == 12 && strcmp(w, "some name") == 0 && c == 'S' && b == 255 && n == 26);
	CHECK(strcmp(s, "tail") == 0);
	CHECK(sscanf("MemTotal:   1234 kB", "MemTotal: %lu kB", &b) == 1 && b == 1234);
	CHECK(sscanf("x", "%d", &a) == 0 && sscanf("", "%d", &a) == EOF);
	CHECK(sscanf("1-2-3", "%*d-%d", &a) == 1 && a == 2);
	CHECK(sscanf("7f00-8f00", "%lx-%*x", &b) == 1 && b == 0x7f00);
	return 0;
}

static int test_strings(void)
{
	char buf[64], big[300], *save, *s = buf;

	for (int from = 0; from < 20; from++) {
		for (int to = 0; to < 20; to++) {
			for (int i = 0; i < 300; i++)
				big[i] = i;
			memmove(big + to, big + from, 250);
			for (int i = 0; i < 250; i++)
				CHECK(big[to + i] == (char)(from + i));
		}
	}
	memset(big, 0, sizeof(big));
	memset(big + 3, 'x', 100);
	CHECK(strlen(big + 3) == 100 && big[2] == 0 && big[103] == 0);
	CHECK(memcmp("abcdefgh1", "abcdefgh2", 9) < 0 && memcmp("a\xff", "a\x01", 2) > 0);
	CHECK(strlcpy(buf, "hello", 4) == 5 && strcmp(buf, "hel") == 0);
	strcpy(buf, "a,b,,c");
	CHECK(strcmp(strsep(&s, ","), "a") == 0 && strcmp(strtok_r(s, ",", &save), "b") == 0 &&
	      strcmp(strtok_r(NULL, ",", &save), "c") == 0 && !strtok_r(NULL, ",", &save));
	CHECK(strcmp(strrchr("a/b/c", '/'), "/c") == 0 && !strchr("abc", 'x'));
	CHECK(strcmp(strstr("haystack", "st"), "stack") == 0 && !strstr("abc", "bd"));
	CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strncasecmp("abX", "ABy", 2) == 0);
	CHECK(fnmatch("*.[ch]", "x.c", 0) == 0 && fnmatch("*.[!ch]", "x.c", 0) != 0);
	CHECK(fnmatch("a*b*c", "aXbYbZc", 0) == 0 && fnmatch("\\*", "*", 0) == 0);
	CHECK(fnmatch("*", ".x", FNM_PERIOD) != 0 && fnmatch("*", "a/b", FNM_PATHNAME) != 0);
	CHECK(strcmp(strerror(ENOENT), "No such file or directory") == 0);
	CHECK(strcmp(strsignal(SIGSEGV), "Segmentation fault") == 0);
	return 0;
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int test_numbers(void)
{
	int v[1000], key;
	char *end;

	CHECK(strtol("  -42x", &end, 10) == -42 && *end == 'x');
	CHECK(strtol("0x1F", NULL, 0) == 31 && strtol("017", NULL, 0) == 15);
	errno = 0;
	CHECK(strtol("9223372036854775808", NULL, 10) == LONG_MAX && errno == ERANGE);
	CHECK(strtol("-9223372036854775808", NULL, 10) == LONG_MIN);
	CHECK(strtoul("18446744073709551615", NULL, 10) == ULONG_MAX);
	CHECK(strtod("-12.5e2x", &end) == -1250.0 && *end == 'x');
	srand(1);
	for (int i = 0; i < 1000; i++)
		v[i] = rand() % 500;
	qsort(v, 1000, sizeof(v[0]), compare_ints);
	for (int i = 1; i < 1000; i++)
		CHECK(v[i - 1] <= v[i]);
	key = v[400];
	CHECK(*(int *)bsearch(&key, v, 1000, sizeof(v[0]), compare_ints) == key);
	return 0;
}

static void fill(unsigned char *p, size_t n, int seed)
{
	for (size_t i = 0; i < n; i += 61)
		p[i] = seed + i;
}

static int filled(const unsigned char *p, size_t n, int seed)
{
	for (size_t i = 0; i < n; i += 61) {
		if (p[i] != (unsigned char)(seed + i))
			return 0;
	}
	return 1;
}

/* Random allocations whose contents must survive, then all memory back. */
static int test_malloc(void)
{
	static struct { unsigned char *p; size_t n; } block[200];
	char *before = sbrk(0);

	srand(7);
	for (int i = 0; i < 20000; i++) {
		int k = rand() % 200;
		size_t n = rand() % (rand() % 50 ? 3000 : 300000) + 1;

		CHECK(!block[k].p || filled(block[k].p, block[k].n, k));
		if (block[k].p && rand() % 2) {
			size_t keep = n < block[k].n ? n : block[k].n;

			block[k].p = realloc(block[k].p, n);
			CHECK(filled(block[k].p, keep, k));
		} else {
			free(block[k].p);
			block[k].p = rand() % 8 ? malloc(n) : aligned_alloc(512, n);
		}
		CHECK(block[k].p && (size_t)block[k].p % 16 == 0);
		block[k].n = n;
		fill(block[k].p, n, k);
	}
	for (int k = 0; k < 200; k++)
		free(block[k].p);
	CHECK((char *)sbrk(0) <= before + (256 << 10));
	CHECK(calloc(SIZE_MAX / 2, 4) == NULL && errno == ENOMEM);
	return 0;
}

static int test_stdio(void)
{
	const char *path = "/tmp/libctest.tmp";
	char *line = NULL, word[10];
	size_t size = 0;
	FILE *f = fopen(path, "w+");

	CHECK(f != NULL);
	if (!f)
		return 0;
	for (int i = 0; i < 2000; i++)
		fprintf(f, "line %d\n", i);
	CHECK(fseek(f, 0, SEEK_SET) == 0 && ftell(f) == 0);
	for (int i = 0; i < 2000; i++)
		CHECK(getline(&line, &size, f) > 0 && atoi(line + 5) == i);
	CHECK(getline(&line, &size, f) == -1 && feof(f) && !ferror(f));
	rewind(f);
	CHECK(fgetc(f) == 'l' && ungetc('L', f) == 'L' && fread(word, 1, 4, f) == 4 &&
	      memcmp(word, "Line", 4) == 0 && ftell(f) == 4);
	CHECK(fseek(f, -5, SEEK_END) == 0 && fgets(word, 10, f) && strcmp(word, "1999\n") == 0);
	CHECK(fclose(f) == 0);
	f = fopen(path, "a");
	CHECK(f && fputs("more\n", f) == 0 && ftell(f) > 0 && fclose(f) == 0);
	CHECK(unlink(path) == 0 && !fopen(path, "r") && errno == ENOENT);
	free(line);
	return 0;
}

static int test_environment(void)
{
	char name[20];

	CHECK(setenv("LIBCTEST", "one", 1) == 0 && strcmp(getenv("LIBCTEST"), "one") == 0);
	CHECK(setenv("LIBCTEST", "two", 0) == 0 && strcmp(getenv("LIBCTEST"), "one") == 0);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "V%d", i);
		CHECK(setenv(name, name, 1) == 0);
	}
	CHECK(strcmp(getenv("V99"), "V99") == 0 && strcmp(getenv("LIBCTEST"), "one") == 0);
	CHECK(unsetenv("LIBCTEST") == 0 && !getenv("LIBCTEST"));
	return 0;
}

static int test_getopt(void)
{
	char *argv[] = { "prog", "-ab", "-cvalue", "-d", "next", "--", "-x", NULL };
	char got[10] = "";
	int c, n = 0;

	optind = 1;
	while ((c = getopt(7, argv, "abc:d:")) != -1) {
		got[n++] = c;
		CHECK(c != 'c' || strcmp(optarg, "value") == 0);
		CHECK(c != 'd' || strcmp(optarg, "next") == 0);
	}
	CHECK(strcmp(got, "abcd") == 0 && optind == 6);
	return 0;
}

static int test_vfork(void)
{
	volatile int shared = 0;
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		shared = 1;
		_exit(5);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 5);
	/* qemu-riscv64 makes a fork() of it, Quire and Linux do not. */
	printf("# vfork shares memory: %s\n", shared ? "yes" : "no");
	return 0;
}

static int test_fork(void)
{
	int value = 1, status;
	pid_t pid = fork();

	if (pid < 0 && (errno == EINVAL || errno == ENOSYS))
		return 1;
	if (pid == 0) {
		value = 2;
		_exit(value + 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3 && value == 1);
	CHECK(waitpid(-1, NULL, 0) < 0 && errno == ECHILD);
	return 0;
}

static int test_spawn(void)
{
	char *argv[] = { "sh", "-c", "exit 9", NULL };
	char line[80] = "";
	int status, error;
	pid_t pid;
	FILE *f;

	error = posix_spawnp(&pid, "sh", NULL, NULL, argv, environ);
	CHECK(error == 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9);
	CHECK(WEXITSTATUS(system("exit 4")) == 4);
	f = popen("echo from a pipe", "r");
	CHECK(f && fgets(line, sizeof(line), f) && strcmp(line, "from a pipe\n") == 0);
	CHECK(f && pclose(f) == 0);
	return 0;
}

/* Without fork() there is no MMU either, and then no fault to provoke. */
static int fork_exists(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid > 0;
}

static volatile sig_atomic_t got_signal;
static void *volatile got_addr;
static jmp_buf fault_jump;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	got_signal = sig;
	got_addr = info->si_addr;
	CHECK(uc->uc_mcontext.__gregs[0] != 0);
	if (sig == SIGSEGV)
		longjmp(fault_jump, 1);
}

static int test_signals(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_NODEFER }, old;
	sigset_t set, before;
	char *guard;

	sa.sa_sigaction = on_signal;
	CHECK(sigaction(SIGUSR1, &sa, &old) == 0 && old.sa_handler == SIG_DFL);
	CHECK(raise(SIGUSR1) == 0 && got_signal == SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, &before) == 0);
	got_signal = 0;
	raise(SIGUSR1);
	CHECK(got_signal == 0 && sigpending(&set) == 0 && sigismember(&set, SIGUSR1));
	CHECK(sigsuspend(&before) < 0 && errno == EINTR && got_signal == SIGUSR1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	guard = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sigaction(SIGSEGV, &sa, NULL);
	if (guard != MAP_FAILED && setjmp(fault_jump) == 0 && fork_exists())
		guard[100] = 1;
	CHECK(!fork_exists() || (got_signal == SIGSEGV && got_addr == guard + 100));
	sa.sa_handler = SIG_DFL;
	sa.sa_flags = 0;
	sigaction(SIGSEGV, &sa, NULL);
	return 0;
}

static __thread int tls_value = 42;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int counter, ready;

static void *count(void *arg)
{
	tls_value++;
	for (int i = 0; i < 20000; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	free(malloc(100));
	pthread_mutex_lock(&mutex);
	ready++;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	errno = 99;
	return (char *)arg + tls_value;
}

static int test_threads(void)
{
	pthread_t t[4];
	void *result;

	errno = 0;
	for (long i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, count, (void *)(i * 100)) == 0);
	pthread_mutex_lock(&mutex);
	while (ready < 4)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
	for (long i = 0; i < 4; i++)
		CHECK(pthread_join(t[i], &result) == 0 && (long)result == i * 100 + 43);
	CHECK(counter == 80000 && tls_value == 42 && errno == 0);
	return 0;
}

static int test_setjmp(void)
{
	jmp_buf env;
	volatile int passes = 0;
	int value = setjmp(env);

	if (passes++ == 0)
		longjmp(env, 0);
	if (passes == 2) {
		CHECK(value == 1);
		longjmp(env, 7);
	}
	CHECK(value == 7 && passes == 3);
	return 0;
}

static int test_files(void)
{
	char dir[] = "/tmp/libctest-XXXXXX", path[64];
	struct dirent *d;
	struct stat st;
	char byte[2];
	int fd, nr = 0;
	DIR *dp;

	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0640);
	CHECK(fd >= 0 && write(fd, "hello", 5) == 5);
	CHECK(pread(fd, byte, 2, 1) == 2 && memcmp(byte, "el", 2) == 0);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 5 && S_ISREG(st.st_mode) &&
	      (st.st_mode & 07777) == 0640 && st.st_nlink == 1);
	close(fd);
	dp = opendir(dir);
	while (dp && (d = readdir(dp)) != NULL)
		nr += strcmp(d->d_name, "file") == 0 && d->d_type == DT_REG;
	CHECK(dp && nr == 1 && closedir(dp) == 0);
	CHECK(rmdir(dir) < 0 && errno == ENOTEMPTY);
	CHECK(unlink(path) == 0 && rmdir(dir) == 0 && stat(dir, &st) < 0 && errno == ENOENT);
	return 0;
}

static int test_time(void)
{
	struct timespec a, b, ms = { 0, 20000000 };
	time_t t = 951868799;	/* the last second of a leap day */
	char text[40];

	strftime(text, sizeof(text), "%F %T %a %j", gmtime(&t));
	CHECK(strcmp(text, "2000-02-29 23:59:59 Tue 060") == 0 && timegm(gmtime(&t)) == t);
	CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && nanosleep(&ms, NULL) == 0 &&
	      clock_gettime(CLOCK_MONOTONIC, &b) == 0);
	CHECK((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >= 20000000);
	return 0;
}

static const struct {
	const char *name;
	int (*func)(void);	/* 1: skipped */
} tests[] = {
	{ "printf", test_printf }, { "scanf", test_scanf }, { "strings", test_strings },
	{ "numbers", test_numbers }, { "malloc", test_malloc }, { "stdio", test_stdio },
	{ "environment", test_environment }, { "getopt", test_getopt },
	{ "setjmp", test_setjmp }, { "files", test_files }, { "time", test_time },
	{ "vfork", test_vfork }, { "fork", test_fork }, { "spawn", test_spawn },
	{ "signals", test_signals }, { "threads", test_threads },
};

#define NR_TESTS (int)(sizeof(tests) / sizeof(tests[0]))

int main(void)
{
	int failed = 0;

	printf("KTAP version 1\n1..%d\n", NR_TESTS);
	for (int i = 0; i < NR_TESTS; i++) {
		int skipped;

		failures = 0;
		fflush(stdout);
		skipped = tests[i].func();
		printf("%sok %d libc.%s%s\n", failures ? "not " : "", i + 1, tests[i].name,
		       skipped ? " # SKIP no fork() here" : "");
		failed += failures != 0;
	}
	return failed != 0;
}
