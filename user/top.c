/* SPDX-License-Identifier: MIT */
/*
 * top - the busiest processes, anew every few seconds. -b prints lines without touching the
 * screen, -n N stops after N rounds, -d SECONDS sets the pace.
 *
 * Keys: q ends, M sorts by memory, P by CPU, F by page faults, space refreshes at once. %CPU is
 * of one hart over the last round; in the first round over the process's life.
 *
 * Linux: procps top. Differs: a few keys, fixed columns; MINFLT and MAJFLT are shown.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "user/procinfo.h"
#include "user/util.h"

#define NR_CPU_FIELDS 8

struct snapshot {
	struct proc *procs;
	int nr;
	unsigned long cpu[NR_CPU_FIELDS];	/* ticks, all harts */
	unsigned long uptime;			/* centiseconds */
};

static struct snapshot now, before;
static int batch, sort_key = 'P';
static struct termios saved;
static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	stop = sig;
}

static unsigned long ticks_of(const struct proc *p)
{
	return p->utime + p->stime;
}

/* Ticks a process has used since the last round. */
static unsigned long ticks_used(const struct proc *p)
{
	for (int i = 0; i < before.nr; i++)
		if (before.procs[i].pid == p->pid && before.procs[i].start == p->start)
			return ticks_of(p) - ticks_of(&before.procs[i]);
	return ticks_of(p);
}

/* In tenths of a percent of one hart. */
static unsigned long cpu_share(const struct proc *p)
{
	unsigned long begin = before.nr ? before.uptime : p->start;
	unsigned long passed = now.uptime > begin ? now.uptime - begin : 1;

	return ticks_used(p) * 1000 / passed;
}

static int compare(const void *a, const void *b)
{
	const struct proc *x = a, *y = b;
	unsigned long m, n;

	if (sort_key == 'M') {
		m = x->rss;
		n = y->rss;
	} else if (sort_key == 'F') {
		m = x->minflt + x->majflt;
		n = y->minflt + y->majflt;
	} else {
		m = cpu_share(x);
		n = cpu_share(y);
	}
	return m == n ? x->pid - y->pid : m < n ? 1 : -1;
}

static void take(struct snapshot *s)
{
	static char text[65536];
	unsigned long sec = 0, hundredths = 0;
	char *at;

	s->nr = procs_read(&s->procs);
	if (read_file("/proc/stat", text, sizeof(text)) < 0)
		die("/proc/stat");
	at = text + strcspn(text, " ");
	for (int i = 0; i < NR_CPU_FIELDS; i++)
		s->cpu[i] = strtoul(at, &at, 10);
	if (read_file("/proc/uptime", text, sizeof(text)) > 0)
		sscanf(text, "%lu.%lu", &sec, &hundredths);
	s->uptime = sec * 100 + hundredths;
}

static void print_summary(void)
{
	char text[128], load[3][16] = { "0.00", "0.00", "0.00" };
	int count[128] = { 0 };
	struct civil t;

	to_civil(time(NULL), &t);
	if (read_file("/proc/loadavg", text, sizeof(text)) > 0)
		sscanf(text, "%15s %15s %15s", load[0], load[1], load[2]);
	printf("top - %02d:%02d:%02d up %lu:%02lu,  0 users,  load average: %s, %s, %s\n", t.hour,
	       t.minute, t.second, now.uptime / 360000, now.uptime / 6000 % 60, load[0], load[1],
	       load[2]);
	for (int i = 0; i < now.nr; i++)
		count[now.procs[i].state & 127]++;
	printf("Tasks: %3d total, %3d running, %3d sleeping, %3d stopped, %3d zombie\n", now.nr,
	       count['R'], count['S'] + count['D'] + count['I'], count['T'] + count['t'],
	       count['Z']);
}

static void print_cpu(void)
{
	static const char *const names[] = { "us", "ni", "sy", "id", "wa", "hi", "si", "st" };
	static const int order[] = { 0, 2, 1, 3, 4, 5, 6, 7 };
	unsigned long sum = 0;

	for (int i = 0; i < NR_CPU_FIELDS; i++)
		sum += now.cpu[i] - before.cpu[i];
	printf("%%Cpu(s):");
	for (int i = 0; i < NR_CPU_FIELDS; i++) {
		int k = order[i];
		unsigned long share = sum ? (now.cpu[k] - before.cpu[k]) * 1000 / sum : 0;

		printf("%s%3lu.%lu %s", i ? ", " : " ", share / 10, share % 10, names[k]);
	}
	putchar('\n');
}

static void print_mib(long kib, const char *what)
{
	long tenths = kib < 0 ? 0 : kib * 10 / 1024;

	printf("%7ld.%ld %s", tenths / 10, tenths % 10, what);
}

static void print_memory(void)
{
	static char text[8192];
	long total, unused, available;

	read_file("/proc/meminfo", text, sizeof(text));
	total = field(text, "MemTotal:");
	unused = field(text, "MemFree:");
	available = field(text, "MemAvailable:");
	printf("MiB Mem : ");
	print_mib(total, "total, ");
	print_mib(unused, "free, ");
	print_mib(total - available, "used, ");
	print_mib(field(text, "Buffers:") + field(text, "Cached:") + field(text, "SReclaimable:"),
		  "buff/cache\n");
	total = field(text, "SwapTotal:");
	unused = field(text, "SwapFree:");
	printf("MiB Swap: ");
	print_mib(total, "total, ");
	print_mib(unused, "free, ");
	print_mib(total - unused, "used. ");
	print_mib(available, "avail Mem\n");
}

static void print_process(const struct proc *p, int width)
{
	unsigned long cpu = cpu_share(p), t = ticks_of(p);
	static long total;
	unsigned long mem;
	char line[512];

	if (!total)
		total = file_field("/proc/meminfo", "MemTotal:");
	mem = total > 0 ? p->rss * 1000 / total : 0;
	snprintf(line, sizeof(line),
		 "%5d %5d %7lu %6lu %6lu %c %3lu.%lu %3lu.%lu %7lu %6lu %3lu:%02lu.%02lu %s",
		 p->pid, p->ppid, p->vsize / 1024, p->rss, p->shared, p->state, cpu / 10, cpu % 10,
		 mem / 10, mem % 10, p->minflt, p->majflt, t / 6000, t / 100 % 60, t % 100,
		 p->command);
	printf("%.*s%s\n", width, line, batch ? "" : "\033[K");
}

static void show(void)
{
	struct winsize ws = { 0 };
	int rows = now.nr, width = 500;

	if (!batch && !ioctl(1, TIOCGWINSZ, &ws) && ws.ws_row) {
		rows = ws.ws_row - 8 < rows ? ws.ws_row - 8 : rows;
		width = ws.ws_col;
	}
	if (!batch)
		fputs("\033[H\033[J", stdout);
	qsort(now.procs, now.nr, sizeof(*now.procs), compare);
	print_summary();
	print_cpu();
	print_memory();
	printf("\n%5s %5s %7s %6s %6s %c %5s %5s %7s %6s %9s %s\n", "PID", "PPID", "VIRT", "RES",
	       "SHR", 'S', "%CPU", "%MEM", "MINFLT", "MAJFLT", "TIME+", "COMMAND");
	for (int i = 0; i < rows; i++)
		print_process(&now.procs[i], width);
	fflush(stdout);
}

static void restore_terminal(void)
{
	tcsetattr(0, TCSANOW, &saved);
	fputs("\033[?25h\n", stdout);
	fflush(stdout);
}

/* Keys one by one, without echo; Ctrl-C must leave the terminal as it was. */
static void set_terminal(void)
{
	struct termios raw;

	if (tcgetattr(0, &saved) < 0)
		die("standard input is no terminal (use -b)");
	raw = saved;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(0, TCSANOW, &raw);
	fputs("\033[?25l", stdout);
	atexit(restore_terminal);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
}

/* Wait for the next round or a key; returns 0 when it is time to end. */
static int wait_round(long delay_ms)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	char key;

	if (batch) {
		usleep(delay_ms * 1000);
		return 1;
	}
	if (poll(&in, 1, delay_ms) <= 0)
		return !stop;
	if (read(0, &key, 1) <= 0 || key == 'q' || key == 3)
		return 0;
	if (strchr("MPF", key))
		sort_key = key;
	return !stop;
}

int main(int argc, char **argv)
{
	long delay_ms = 3000, rounds = 0;
	int opt;

	prog_init(argc, argv, "top [-b] [-n ROUNDS] [-d SECONDS]\n"
		"Show the busiest processes. Keys: q quit, P by CPU, M by memory, F by faults.");
	while ((opt = getopt(argc, argv, "bn:d:")) != -1) {
		if (opt == 'b')
			batch = 1;
		else if (opt == 'n')
			rounds = parse_long(optarg);
		else if (opt == 'd')
			delay_ms = strtol(optarg, &optarg, 10) * 1000 +
				   (*optarg == '.' ? strtol(optarg + 1, NULL, 10) * 100 : 0);
		else
			return 1;
	}
	if (!batch)
		set_terminal();
	for (long i = 1; ; i++) {
		take(&now);
		show();
		free(before.procs);
		before = now;
		if (i == rounds || stop || !wait_round(delay_ms > 0 ? delay_ms : 100))
			return 0;
		if (batch)
			putchar('\n');
	}
}
