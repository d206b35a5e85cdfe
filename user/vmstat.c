/* SPDX-License-Identifier: MIT */
/*
 * vmstat - memory, swapping and CPU over time. `vmstat [DELAY [COUNT]]`: the first line is the
 * average since boot, each further one is of the last DELAY seconds. -s counters, -m slabs,
 * -f forks, -S k|K|m|M the unit of the memory columns, -n the heading once.
 *
 * r and b are tasks that run and that wait for I/O; si and so are KiB a second swapped in and
 * out; bi and bo KiB a second read and written; in and cs interrupts and context switches.
 *
 * Linux: procps vmstat. Differs: no -d, -p, -a, -w.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, GUEST, GUEST_NICE, NR_CPU };

struct sample {
	unsigned long cpu[NR_CPU];	/* ticks */
	unsigned long intr, ctxt, running, blocked;
	unsigned long pgpgin, pgpgout, pswpin, pswpout;
	long total, unused, buffers, cache, swap, swap_free, active, inactive;	/* KiB */
	long btime, forks;
};

static char text[65536];
static unsigned long unit = 1024;

static void take(struct sample *s)
{
	char *at;

	if (read_file("/proc/stat", text, sizeof(text)) < 0)
		die("/proc/stat");
	at = text + strcspn(text, " ");
	for (int i = 0; i < NR_CPU; i++)
		s->cpu[i] = strtoul(at, &at, 10);
	s->intr = field(text, "intr");
	s->ctxt = field(text, "ctxt");
	s->btime = field(text, "btime");
	s->forks = field(text, "processes");
	s->running = field(text, "procs_running");
	s->blocked = field(text, "procs_blocked");
	/* This process runs too, and means nobody but itself. */
	if (s->running)
		s->running--;
	if (read_file("/proc/vmstat", text, sizeof(text)) < 0)
		die("/proc/vmstat");
	s->pgpgin = field(text, "pgpgin");
	s->pgpgout = field(text, "pgpgout");
	s->pswpin = field(text, "pswpin");
	s->pswpout = field(text, "pswpout");
	if (read_file("/proc/meminfo", text, sizeof(text)) < 0)
		die("/proc/meminfo");
	s->total = field(text, "MemTotal:");
	s->unused = field(text, "MemFree:");
	s->buffers = field(text, "Buffers:");
	s->cache = field(text, "Cached:") + field(text, "SReclaimable:");
	s->swap = field(text, "SwapTotal:");
	s->swap_free = field(text, "SwapFree:");
	s->active = field(text, "Active:");
	s->inactive = field(text, "Inactive:");
}

static void heading(void)
{
	puts("procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------");
	puts(" r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu");
}

/* Rounded to the nearest; 0 if nothing has passed. */
static unsigned long per(unsigned long part, unsigned long whole)
{
	return whole ? (part + whole / 2) / whole : 0;
}

static void line(const struct sample *old, const struct sample *new)
{
	unsigned long d[NR_CPU], sum = 0, hertz = sysconf(_SC_CLK_TCK), ms;
	static unsigned long nr_cpus;
	unsigned long page_kib = sysconf(_SC_PAGESIZE) / 1024;

	if (!nr_cpus)
		nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	for (int i = 0; i < NR_CPU; i++) {
		d[i] = new->cpu[i] - old->cpu[i];
		sum += i < GUEST ? d[i] : 0;
	}
	/* All CPUs together tick `hertz` times their number a second. */
	ms = sum * 1000 / (hertz * (nr_cpus ? nr_cpus : 1));
	printf("%2lu %2lu %6lu %6lu %6lu %6lu", new->running, new->blocked,
	       (new->swap - new->swap_free) * 1024 / unit, new->unused * 1024 / unit,
	       new->buffers * 1024 / unit, new->cache * 1024 / unit);
	printf(" %4lu %4lu %5lu %5lu %4lu %4lu",
	       per((new->pswpin - old->pswpin) * page_kib * 1000, ms),
	       per((new->pswpout - old->pswpout) * page_kib * 1000, ms),
	       per((new->pgpgin - old->pgpgin) * 1000, ms),
	       per((new->pgpgout - old->pgpgout) * 1000, ms),
	       per((new->intr - old->intr) * 1000, ms),
	       per((new->ctxt - old->ctxt) * 1000, ms));
	printf(" %2lu %2lu %2lu %2lu %2lu %2lu\n",
	       per((d[USER] + d[NICE]) * 100, sum),
	       per((d[SYSTEM] + d[IRQ] + d[SOFTIRQ]) * 100, sum), per(d[IDLE] * 100, sum),
	       per(d[IOWAIT] * 100, sum), per(d[STEAL] * 100, sum), per(d[GUEST] * 100, sum));
}

static int run(long delay, long count, int once)
{
	struct sample samples[2] = { 0 };

	for (long i = 0; !count || i < count; i++) {
		if (i)
			sleep(delay);
		if (!i || (!once && i % 22 == 0))
			heading();
		take(&samples[i & 1]);
		line(&samples[!(i & 1)], &samples[i & 1]);
		fflush(stdout);
	}
	return 0;
}

static int counters(void)
{
	static const char *const cpu_names[] = {
		"non-nice user", "nice user", "system", "idle", "IO-wait", "IRQ", "softirq",
		"stolen", "non-nice guest", "nice guest",
	};
	struct sample s;

	take(&s);
	printf("%13ld K total memory\n", s.total);
	printf("%13ld K used memory\n", s.total - file_field("/proc/meminfo", "MemAvailable:"));
	printf("%13ld K active memory\n%13ld K inactive memory\n", s.active, s.inactive);
	printf("%13ld K free memory\n%13ld K buffer memory\n", s.unused, s.buffers);
	printf("%13ld K swap cache\n%13ld K total swap\n", s.cache, s.swap);
	printf("%13ld K used swap\n%13ld K free swap\n", s.swap - s.swap_free, s.swap_free);
	for (int i = 0; i < NR_CPU; i++)
		printf("%13lu %s cpu ticks\n", s.cpu[i], cpu_names[i]);
	printf("%13lu K paged in\n%13lu K paged out\n", s.pgpgin, s.pgpgout);
	printf("%13lu pages swapped in\n%13lu pages swapped out\n", s.pswpin, s.pswpout);
	printf("%13lu interrupts\n%13lu CPU context switches\n", s.intr, s.ctxt);
	printf("%13ld boot time\n%13ld forks\n", s.btime, s.forks);
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int slabs(void)
{
	char *lines[512], name[64];
	unsigned long active, total, size, per_slab;
	int nr = 0;

	if (read_file("/proc/slabinfo", text, sizeof(text)) < 0)
		return complain("/proc/slabinfo");
	for (char *s = strtok(text, "\n"); s && nr < (int)ARRAY_LEN(lines); s = strtok(NULL, "\n"))
		if (*s != '#' && strncmp(s, "slabinfo", 8))
			lines[nr++] = s;
	qsort(lines, nr, sizeof(*lines), compare_lines);
	printf("%-24s %6s %6s %6s %6s\n", "Cache", "Num", "Total", "Size", "Pages");
	for (int i = 0; i < nr; i++)
		if (sscanf(lines[i], "%63s %lu %lu %lu %lu", name, &active, &total, &size,
			   &per_slab) == 5)
			printf("%-24s %6lu %6lu %6lu %6lu\n", name, active, total, size, per_slab);
	return 0;
}

static void set_unit(const char *name)
{
	static const char letters[] = "kKmM";
	static const unsigned long units[] = { 1000, 1024, 1000000, 1048576 };
	const char *letter = strchr(letters, *name);

	if (!*name || name[1] || !letter)
		usage("-S takes k, K, m or M");
	unit = units[letter - letters];
}

int main(int argc, char **argv)
{
	int opt, once = 0;
	long delay = 0, count = 1;

	prog_init(argc, argv, "vmstat [-n] [-S k|K|m|M] [DELAY [COUNT]] | vmstat -s | -m | -f\n"
		"Report on memory, swapping and CPUs.");
	while ((opt = getopt(argc, argv, "smfnS:")) != -1) {
		switch (opt) {
		case 's': return counters();
		case 'm': return slabs();
		case 'f':
			printf("%13ld forks\n", file_field("/proc/stat", "processes"));
			return 0;
		case 'n': once = 1; break;
		case 'S': set_unit(optarg); break;
		default: return 1;
		}
	}
	if (optind < argc) {
		delay = parse_long(argv[optind++]);
		count = 0;
	}
	if (optind < argc)
		count = parse_long(argv[optind]);
	return run(delay, count, once);
}
