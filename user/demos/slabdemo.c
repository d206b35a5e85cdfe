/* SPDX-License-Identifier: MIT */
/*
 * slabdemo - kernel objects live in slabs, one cache for each kind.
 *
 * Opening files, making pipes and processes creates objects in the kernel; the rows of
 * /proc/slabinfo that changed are shown: active objects, all objects in the slabs, object size,
 * objects a slab. When the objects have gone, the active counts are back, and empty slabs return
 * to the page allocator (Slab: in /proc/meminfo).
 *
 * Linux: mm/slub.c. Differs: names of caches where Quire's objects differ.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/demos/demo.h"
#include "user/util.h"

#define MAX_CACHES 256
#define MAX_PROCS 64

struct cache {
	char name[40];
	long active, total, size, per_slab, pages;
};

struct snapshot {
	struct cache caches[MAX_CACHES];
	int nr;
	long slab;		/* KiB */
};

static struct snapshot base, with, without;
static char text[65536];

/* Each hart keeps slabs of its own; dropping caches makes it give back the empty ones. */
static void give_back_empty_slabs(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd < 0 || write(fd, "2", 1) != 1)
		cannot("/proc/sys/vm/drop_caches: %s", strerror(errno));
	close(fd);
}

static void take(struct snapshot *s)
{
	char *line, *save;

	s->slab = meminfo("Slab:");
	if (read_file("/proc/slabinfo", text, sizeof(text)) < 0)
		cannot("/proc/slabinfo: %s", strerror(errno));
	s->nr = 0;
	for (line = strtok_r(text, "\n", &save); line && s->nr < MAX_CACHES;
	     line = strtok_r(NULL, "\n", &save)) {
		struct cache *c = &s->caches[s->nr];

		s->nr += sscanf(line, "%39s %ld %ld %ld %ld %ld", c->name, &c->active, &c->total,
				&c->size, &c->per_slab, &c->pages) == 6;
	}
}

/* Slob keeps objects of all caches on common pages, so no row counts anything. */
static int counted(const struct snapshot *s)
{
	for (int i = 0; i < s->nr; i++)
		if (s->caches[i].active)
			return 1;
	return 0;
}

static const struct cache *find(const struct snapshot *s, const char *name)
{
	for (int i = 0; i < s->nr; i++)
		if (!strcmp(s->caches[i].name, name))
			return &s->caches[i];
	return NULL;
}

/* Rows that grew by at least half of what was made; returns the largest growth. */
static long show_growth(long made)
{
	long most = 0;

	printf("  %-24s %8s %8s %8s %6s %6s\n", "cache", "before", "after", "total", "size",
	       "/slab");
	for (int i = 0; i < with.nr; i++) {
		const struct cache *c = &with.caches[i], *old = find(&base, c->name);
		long growth = c->active - (old ? old->active : 0);

		if (growth > most)
			most = growth;
		if (growth * 2 >= made)
			printf("  %-24s %8ld %8ld %8ld %6ld %6ld\n", c->name, old ? old->active : 0,
			       c->active, c->total, c->size, c->per_slab);
	}
	printf("  Slab: %ld KiB before, %ld after\n", base.slab, with.slab);
	return most;
}

/* After all has gone: no cache holds half of them still. */
static void check_gone(const char *what, long made)
{
	long left = 0;
	const char *worst = "none";

	give_back_empty_slabs();
	take(&without);
	for (int i = 0; i < without.nr; i++) {
		const struct cache *c = &without.caches[i], *old = find(&base, c->name);
		long growth = c->active - (old ? old->active : 0);

		if (growth > left) {
			left = growth;
			worst = c->name;
		}
	}
	claim(left * 2 < made, "without the %s at most %ld objects more than before (%s); "
	      "Slab: %ld KiB", what, left, worst, without.slab);
}

static long make_files(long nr, int *fds)
{
	char name[64];
	long made = 0;

	for (; made < nr; made++) {
		snprintf(name, sizeof(name), "/tmp/slabdemo.%ld", made);
		fds[made] = open(name, O_RDWR | O_CREAT, 0600);
		if (fds[made] < 0)
			break;
		unlink(name);
	}
	return made;
}

static long make_pipes(long nr, int *fds)
{
	long made = 0;

	while (made + 1 < nr && !pipe(fds + made))
		made += 2;
	return made;
}

static void demo_fds(const char *what, long (*make)(long, int *), long nr)
{
	int *fds = malloc(nr * sizeof(*fds));
	long made, most;

	if (!fds)
		cannot("out of memory");
	give_back_empty_slabs();
	take(&base);
	give_back_empty_slabs();
	take(&base);
	made = make(nr, fds);
	take(&with);
	say("%ld open %s:", made, what);
	most = show_growth(made);
	claim(made > 0 && most * 4 >= made * 3, "the busiest cache has %ld objects more: one for "
	      "each, or as many as were not lying ready in its slabs", most);
	for (long i = 0; i < made; i++)
		close(fds[i]);
	free(fds);
	check_gone(what, made);
}

static void demo_processes(long nr)
{
	pid_t pids[MAX_PROCS];
	long made = 0, most;

	give_back_empty_slabs();
	take(&base);
	for (; made < nr; made++) {
		pids[made] = fork();
		if (!pids[made])
			for (;;)
				pause();
		if (pids[made] < 0)
			break;
	}
	if (!made) {
		say("no processes: fork: %s", strerror(errno));
		return;
	}
	/* A pause: each child runs until it sleeps, and has copied what it writes. */
	usleep(200000);
	take(&with);
	say("%ld processes:", made);
	most = show_growth(made);
	claim(most >= made, "a process needs %ld objects of the busiest cache", most / made);
	for (long i = 0; i < made; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	check_gone("processes", made);
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	long nr = 400;

	prog_init(argc, argv, "slabdemo [OBJECTS]\nShow slab caches grow and shrink.");
	if (argc > 1)
		nr = parse_long(argv[1]);
	if (!getrlimit(RLIMIT_NOFILE, &limit) && nr > (long)limit.rlim_cur - 16)
		nr = limit.rlim_cur - 16;
	take(&base);
	if (!counted(&base))
		cannot("/proc/slabinfo counts no objects: boot without slab_allocator=slob");
	demo_fds("files", make_files, nr);
	demo_fds("pipe ends", make_pipes, nr);
	demo_processes(nr / 16 < MAX_PROCS ? nr / 16 : MAX_PROCS);
	return demo_status();
}
