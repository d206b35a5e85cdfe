/* SPDX-License-Identifier: MIT */
/*
 * pmap - the memory map of processes; -x with what of it is resident and what is dirty.
 *
 * Plain output comes from /proc/PID/maps; -x from smaps, which the kernel makes by walking the
 * page tables. -q leaves the first and the last line out, -p prints whole paths.
 *
 * Linux: procps pmap. Differs: no -X, -d, -r.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/procinfo.h"
#include "user/util.h"

struct mapping {
	unsigned long start, end;
	char perms[8];
	char name[256];
	unsigned long rss, dirty;	/* KiB; from smaps only */
};

static int extended, quiet, full_path;

/* Is it the first line of a mapping? Fills *m if so. */
static int parse_mapping(const char *line, struct mapping *m)
{
	struct mapping new = { 0 };
	int at = 0;

	if (sscanf(line, "%lx-%lx %7s %*s %*s %*s%n", &new.start, &new.end, new.perms, &at) < 3 ||
	    !at)
		return 0;
	line += at + strspn(line + at, " ");
	snprintf(new.name, sizeof(new.name), "%.*s", (int)strcspn(line, "\n"), line);
	*m = new;
	return 1;
}

static const char *label(const struct mapping *m)
{
	if (!strcmp(m->name, "[stack]"))
		return "  [ stack ]";
	if (!m->name[0] || m->name[0] == '[')
		return "  [ anon ]";
	return full_path ? m->name : basename_of(m->name);
}

static void print_mapping(const struct mapping *m)
{
	unsigned long kib = (m->end - m->start) / 1024;
	char mode[6];

	snprintf(mode, sizeof(mode), "%.3s%c-", m->perms, m->perms[3] == 's' ? 's' : '-');
	if (extended)
		printf("%016lx %7lu %7lu %7lu %s %s\n", m->start, kib, m->rss, m->dirty, mode,
		       label(m));
	else
		printf("%016lx %6luK %s %s\n", m->start, kib, mode, label(m));
}

static void add_value(struct mapping *m, const char *line)
{
	unsigned long value;
	char key[64];

	if (sscanf(line, "%63[^:]: %lu", key, &value) != 2)
		return;
	if (!strcmp(key, "Rss"))
		m->rss = value;
	else if (!strcmp(key, "Shared_Dirty") || !strcmp(key, "Private_Dirty"))
		m->dirty += value;
}

static void print_total(unsigned long kib, unsigned long rss, unsigned long dirty)
{
	if (quiet)
		return;
	if (!extended) {
		printf(" total %16luK\n", kib);
		return;
	}
	puts("---------------- ------- ------- ------- ");
	printf("total kB         %7lu %7lu %7lu\n", kib, rss, dirty);
}

static void finish(const struct mapping *m, unsigned long *sums)
{
	if (!m->end)
		return;
	print_mapping(m);
	sums[0] += (m->end - m->start) / 1024;
	sums[1] += m->rss;
	sums[2] += m->dirty;
}

static int map_process(int pid)
{
	char path[64], line[1024];
	struct mapping current = { 0 }, next;
	unsigned long sums[3] = { 0 };
	struct proc p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, extended ? "smaps" : "maps");
	f = fopen(path, "r");
	if (!f || proc_read(pid, &p) < 0) {
		errno = errno == ENOENT ? ESRCH : errno;
		snprintf(path, sizeof(path), "%d", pid);
		return complain(path);
	}
	printf("%d:   %s\n", pid, p.command);
	if (extended && !quiet)
		puts("Address           Kbytes     RSS   Dirty Mode  Mapping");
	while (fgets(line, sizeof(line), f)) {
		if (!parse_mapping(line, &next)) {
			add_value(&current, line);
			continue;
		}
		finish(&current, sums);
		current = next;
	}
	finish(&current, sums);
	fclose(f);
	print_total(sums[0], sums[1], sums[2]);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0, opt;

	prog_init(argc, argv, "pmap [-xqp] PID...\nShow the memory map of processes.");
	while ((opt = getopt(argc, argv, "xqp")) != -1) {
		if (opt == '?')
			return 1;
		extended |= opt == 'x';
		quiet |= opt == 'q';
		full_path |= opt == 'p';
	}
	if (optind == argc)
		usage("a process id is needed");
	for (; optind < argc; optind++) {
		char *pid = argv[optind];

		if (!strncmp(pid, "/proc/", 6))
			pid += 6;
		/* procps uses 42 for a process it cannot find. */
		if (map_process(parse_long(pid)))
			status = 42;
	}
	return status;
}
