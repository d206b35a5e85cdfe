/* SPDX-License-Identifier: MIT */
/*
 * sysfuzz - random system calls, from a seed: `sysfuzz [-s SEED] [-n CALLS] [-w WORKERS] [-v]`.
 *
 * The runner keeps some workers going. Each, a process with a session, a directory and memory of
 * its own, makes calls with arguments that are mostly nearly right (sysfuzz_args.c), clones tasks
 * that do the same, and ends after LIFETIME calls. One that dies or stands still is replaced: a
 * dead worker is no failure, a call may well unmap its stack. What counts is that the kernel goes
 * on, that its answers are results or errnos, and that nothing is lost when all is over.
 *
 * Worker and generation make the seed of each worker, so `-w 1` repeats a run exactly as far as
 * timers allow; -v prints each call before it is made.
 *
 * Linux: the idea of trinity. Differs: small; own namespaces keep it from harm.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/sysfuzz.h"

#define MAX_WORKERS 16
#define LIFETIME 4000		/* calls of a worker */
#define ROUND 200		/* calls until its descriptors and its timer are put right */
#define STILL_LOOKS 40		/* looks of the runner at a worker that makes no call */
#define KICK_US 4000		/* SIGALRM ends a call that waits */
#define TOP_DIR "/tmp/sysfuzz"

/* What a worker tells. Its calls may write anywhere, here too: nothing rests on it. */
struct progress {
	volatile uint64_t calls;
	volatile uint32_t nr;
};

struct slot {
	pid_t pid;
	unsigned int generation;
	uint64_t counted;		/* what its worker told when calls were last counted */
	uint64_t seen;			/* calls at the last look */
	int still;			/* looks since it made one */
};

static struct progress *progress;	/* shared with the workers */
static struct slot slots[MAX_WORKERS];	/* the runner's own: whom it kills must be its children */
static int nr_workers = 6, verbose;
static uint64_t seed, wanted = 100000;
static unsigned long deaths, stuck;

/* The OOM killer takes workers, never the runner: a child has its parent's score until told. */
static void set_oom_score_adj(const char *value)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	write_all(fd, value, strlen(value));
	close(fd);
}

/* ---- A worker ---- */

static void kick(int sig)
{
}

static void arm_timer(void)
{
	struct sigaction sa = { .sa_handler = kick };
	struct itimerval it = { { 0, KICK_US }, { 0, KICK_US } };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

static void map_at(char *at, int nr, int flags)
{
	if (mmap(at, nr * page_size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		_exit(1);
}

/*
 * Behind the arena and behind the rest lies what nobody may touch, as much as a call may take:
 * a call that goes too far must not hit what the test itself needs.
 */
static void map_memory(struct fuzz *f)
{
	char *p = mmap(NULL, 4 * ARENA_PAGES * page_size, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		_exit(1);
	f->arena = p;
	f->stage = p + 2 * ARENA_PAGES * page_size;
	f->stacks = f->stage + 4 * page_size;
	f->stack_tid = (int *)(f->stacks + NR_STACKS * 4 * page_size);
	map_at(f->stage, 3, MAP_SHARED);
	map_at(f->stacks, NR_STACKS * 4, MAP_PRIVATE);
	map_at((char *)f->stack_tid, 1, MAP_PRIVATE);
}

/* A program whose headers are wrong in some places: execve() must not believe them. */
static void write_bad_elf(struct fuzz *f)
{
	char head[4096];
	int in = open("/bin/true", O_RDONLY), out = open("elf", O_CREAT | O_WRONLY, 0755);
	ssize_t n = read(in, head, sizeof(head));

	for (int i = below(f, 6); i > 0; i--)
		head[below(f, 400)] = rnd(f);
	if (n > 0)
		write(out, head, n);
	while ((n = read(in, head, sizeof(head))) > 0)
		write(out, head, n);
	close(in);
	close(out);
}

/* Where nothing it mounts or names is seen by others; on an old kernel it just does without. */
static void leave_namespaces(struct fuzz *f)
{
	f->own_mounts = !unshare(CLONE_NEWNS);
	f->own_names = !unshare(0x04000000);
}

static void prepare_worker(struct fuzz *f, int number)
{
	struct rlimit fsize = { 1 << 20, 1 << 20 }, nofile = { 64, 64 };
	char dir[40];

	setsid();
	set_oom_score_adj("0");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	leave_namespaces(f);
	snprintf(dir, sizeof(dir), TOP_DIR "/%d", number);
	mkdir(dir, 0700);
	remove_below(dir);
	if (chdir(dir))
		_exit(1);
	write_bad_elf(f);
	setrlimit(RLIMIT_FSIZE, &fsize);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_NOFILE, &nofile);
	map_memory(f);
}

static void be_worker(int number)
{
	struct fuzz f = {
		.rng = seed * 1000003 + number * 7919 + slots[number].generation * 104729UL,
		.calls = &progress[number].calls, .current_nr = &progress[number].nr,
		.runner = getppid(), .verbose = verbose,
	};

	for (int i = 0; i < 4; i++)
		rnd(&f);
	prepare_worker(&f, number);
	for (int done = 0; done < LIFETIME; done += ROUND) {
		open_fds(&f);
		map_at(f.arena, ARENA_PAGES, MAP_PRIVATE);
		arm_timer();
		make_calls(&f, ROUND);
	}
	_exit(0);
}

/* ---- The runner ---- */

static void start_worker(int number)
{
	pid_t pid;

	slots[number].generation++;
	slots[number].still = 0;
	pid = fork();
	if (!pid)
		be_worker(number);
	slots[number].pid = pid > 0 ? pid : 0;
}

/* What a wild write did to a number is no call: a worker makes LIFETIME, its tasks some more. */
static uint64_t calls_made(void)
{
	static uint64_t sum;

	for (int i = 0; i < nr_workers; i++) {
		uint64_t now = progress[i].calls, more = now - slots[i].counted;

		if (more < 2 * LIFETIME)
			sum += more;
		slots[i].counted = now;
	}
	return sum;
}

/* Who of the dead was a worker gets a successor; others are what a worker left behind. */
static void reap(int replace)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < nr_workers; i++) {
			if (slots[i].pid != pid)
				continue;
			deaths += !WIFEXITED(status);
			if (verbose)
				printf("ended: worker %d, status %x, call %u\n", i, status,
				       progress[i].nr);
			slots[i].pid = 0;
		}
	}
	for (int i = 0; i < nr_workers && replace; i++)
		if (!slots[i].pid)
			start_worker(i);
}

/* A worker that waits for what never comes is ended. */
static void end_the_stuck(void)
{
	for (int i = 0; i < nr_workers; i++) {
		struct slot *s = &slots[i];

		if (s->seen != progress[i].calls)
			s->still = 0;
		s->seen = progress[i].calls;
		if (++s->still < STILL_LOOKS || !s->pid)
			continue;
		stuck++;
		if (verbose)
			printf("stuck: worker %d in call %u\n", i, progress[i].nr);
		kill(s->pid, SIGKILL);
		s->still = 0;
	}
}

/* Tasks whose worker is dead are our children now. */
static void end_orphans(void)
{
	char path[64], text[256], *p;
	struct dirent *d;
	DIR *proc = opendir("/proc");

	while (proc && (d = readdir(proc))) {
		int pid = atoi(d->d_name), is_worker = 0;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		if (pid <= 1 || read_file(path, text, sizeof(text)) <= 0)
			continue;
		p = strrchr(text, ')');
		for (int i = 0; i < nr_workers; i++)
			is_worker |= slots[i].pid == pid;
		if (p && atoi(p + 4) == getpid() && !is_worker)
			kill(pid, SIGKILL);
	}
	if (proc)
		closedir(proc);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void report(long start)
{
	long ms = now_ms() - start + 1;
	uint64_t calls = calls_made();

	printf("sysfuzz: %lu calls, %lu a second, %lu workers killed, %lu stood still\n", calls,
	       calls * 1000 / ms, deaths, stuck);
	fflush(stdout);
}

static void run_workers(void)
{
	uint64_t next = wanted / 10;
	long start = now_ms();

	for (unsigned int look = 1; calls_made() < wanted; look++) {
		reap(1);
		end_the_stuck();
		if (look % 128 == 0)
			end_orphans();
		if (calls_made() >= next) {
			report(start);
			next += wanted / 10;
		}
		nap(2);
	}
	report(start);
}

static void end_workers(void)
{
	for (int i = 0; i < nr_workers; i++)
		if (slots[i].pid)
			kill(slots[i].pid, SIGKILL);
	/* Each generation of orphans may have children, which are ours when it is dead. */
	do {
		for (int i = 0; i < nr_workers; i++)
			if (slots[i].pid && waitpid(slots[i].pid, NULL, 0) > 0)
				slots[i].pid = 0;
		end_orphans();
		nap(5);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	} while (waitpid(-1, NULL, WNOHANG) >= 0);
	remove_below(TOP_DIR);
	rmdir(TOP_DIR);
}

static void parse_options(int argc, char **argv)
{
	int c;

	prog_init(argc, argv, "sysfuzz [-s SEED] [-n CALLS] [-w WORKERS] [-v]\n"
		"Make random system calls; the same seed makes the same calls.");
	while ((c = getopt(argc, argv, "s:n:w:v")) != -1) {
		if (c == 's')
			seed = parse_long(optarg);
		else if (c == 'n')
			wanted = parse_long(optarg);
		else if (c == 'w')
			nr_workers = parse_long(optarg);
		else if (c == 'v')
			verbose = 1;
		else
			usage("unknown option");
	}
	if (nr_workers < 1 || nr_workers > MAX_WORKERS)
		usage("1 to 16 workers");
}

int main(int argc, char **argv)
{
	page_size = sysconf(_SC_PAGESIZE);
	parse_options(argc, argv);
	if (!seed)
		syscall(SYS_getrandom, &seed, 4, 0);
	printf("sysfuzz: -s %lu -n %lu -w %d\n", seed, wanted, nr_workers);
	fflush(stdout);
	set_oom_score_adj("-1000");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	progress = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED || (mkdir(TOP_DIR, 0755) && errno != EEXIST))
		die(TOP_DIR);
	run_workers();
	end_workers();
	printf("sysfuzz: done, seed %lu\n", seed);
	return 0;
}
