/* SPDX-License-Identifier: MIT */
/*
 * ps - list processes. Without options all of them, with the columns that tell about memory:
 * faults without and with I/O, virtual and resident size (KiB).
 *
 *	ps [f] [-o LIST] [-p LIST | PID...]
 *
 * f draws the tree of parents and children. The letters a u x e A l w are accepted: everything
 * is always shown. LIST names columns, as "pid,rss,comm"; "name=" or "name=Heading" sets one.
 *
 * Linux: procps ps. Differs: other default columns, no selection but by pid.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "user/procinfo.h"
#include "user/util.h"

#define MAX_COLUMNS 32
#define MAX_PIDS 64

struct column {
	const char *name, *heading;
	int width;			/* negative: to the left; 0: the rest of the line */
	void (*print)(const struct proc *p, char *buf, size_t size);
};

static unsigned long ticks_now, mem_total;
static int tree;

#define NUMBER(fn, format, expr)						\
	static void fn(const struct proc *p, char *buf, size_t size)		\
	{									\
		snprintf(buf, size, format, expr);				\
	}

NUMBER(put_pid, "%d", p->pid)
NUMBER(put_ppid, "%d", p->ppid)
NUMBER(put_pgid, "%d", p->pgrp)
NUMBER(put_sid, "%d", p->session)
NUMBER(put_uid, "%u", p->uid)
NUMBER(put_minflt, "%lu", p->minflt)
NUMBER(put_majflt, "%lu", p->majflt)
NUMBER(put_vsz, "%lu", p->vsize / 1024)
NUMBER(put_rss, "%lu", p->rss)
NUMBER(put_nice, "%ld", p->nice)
NUMBER(put_pri, "%ld", p->priority)
NUMBER(put_nlwp, "%d", p->nr_threads)
NUMBER(put_comm, "%s", p->comm)

static void put_user(const struct proc *p, char *buf, size_t size)
{
	snprintf(buf, size, p->uid ? "%u" : "root", p->uid);
}

static void put_stat(const struct proc *p, char *buf, size_t size)
{
	char flags[8];

	snprintf(buf, size, "%s", proc_stat_flags(p, flags));
}

static void put_tty(const struct proc *p, char *buf, size_t size)
{
	int major = p->tty >> 8 & 0xfff, minor = p->tty & 0xff;

	if (!p->tty)
		snprintf(buf, size, "?");
	else if (major == 4 && minor >= 64)
		snprintf(buf, size, "ttyS%d", minor - 64);
	else if (major == 5)
		snprintf(buf, size, "console");
	else
		snprintf(buf, size, "pts/%d", minor);
}

static void put_time(const struct proc *p, char *buf, size_t size)
{
	unsigned long s = (p->utime + p->stime) / 100;

	snprintf(buf, size, "%02lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
}

static void put_pmem(const struct proc *p, char *buf, size_t size)
{
	unsigned long tenths = mem_total ? p->rss * 1000 / mem_total : 0;

	snprintf(buf, size, "%lu.%lu", tenths / 10, tenths % 10);
}

/* CPU time over the time since it was started. */
static void put_pcpu(const struct proc *p, char *buf, size_t size)
{
	unsigned long age = ticks_now > p->start ? ticks_now - p->start : 1;
	unsigned long tenths = (p->utime + p->stime) * 1000 / age;

	snprintf(buf, size, "%lu.%lu", tenths / 10, tenths % 10);
}

static void put_command(const struct proc *p, char *buf, size_t size)
{
	int indent = tree && p->depth ? 4 * (p->depth - 1) : 0;

	snprintf(buf, size, "%*s%s%s", indent, "", tree && p->depth ? " \\_ " : "", p->command);
}

static const struct column columns[] = {
	{ "pid", "PID", 5, put_pid },		{ "ppid", "PPID", 5, put_ppid },
	{ "pgid", "PGID", 5, put_pgid },	{ "pgrp", "PGRP", 5, put_pgid },
	{ "sid", "SID", 5, put_sid },		{ "uid", "UID", 5, put_uid },
	{ "user", "USER", -8, put_user },	{ "stat", "STAT", -4, put_stat },
	{ "state", "S", -1, put_stat },		{ "s", "S", -1, put_stat },
	{ "tty", "TT", -8, put_tty },		{ "minflt", "MINFLT", 6, put_minflt },
	{ "min_flt", "MINFL", 6, put_minflt },	{ "majflt", "MAJFLT", 6, put_majflt },
	{ "maj_flt", "MAJFL", 6, put_majflt },	{ "vsz", "VSZ", 6, put_vsz },
	{ "rss", "RSS", 5, put_rss },		{ "pmem", "%MEM", 4, put_pmem },
	{ "%mem", "%MEM", 4, put_pmem },	{ "pcpu", "%CPU", 4, put_pcpu },
	{ "%cpu", "%CPU", 4, put_pcpu },	{ "time", "TIME", 8, put_time },
	{ "ni", "NI", 3, put_nice },		{ "pri", "PRI", 3, put_pri },
	{ "nlwp", "NLWP", 4, put_nlwp },	{ "comm", "COMMAND", -15, put_comm },
	{ "ucmd", "CMD", -15, put_comm },	{ "args", "COMMAND", 0, put_command },
	{ "command", "COMMAND", 0, put_command }, { "cmd", "CMD", 0, put_command },
};

static struct column chosen[MAX_COLUMNS];
static int nr_chosen;
static int pids[MAX_PIDS], nr_pids;

static void choose(char *list)
{
	for (char *name = strtok(list, ", "); name; name = strtok(NULL, ", ")) {
		char *heading = strchr(name, '=');
		unsigned int i = 0;

		if (heading)
			*heading++ = '\0';
		while (i < ARRAY_LEN(columns) && strcasecmp(name, columns[i].name))
			i++;
		if (i == ARRAY_LEN(columns) || nr_chosen == MAX_COLUMNS) {
			fprintf(stderr, "ps: no such column: %s\n", name);
			exit(1);
		}
		chosen[nr_chosen] = columns[i];
		if (heading)
			chosen[nr_chosen].heading = heading;
		nr_chosen++;
	}
}

static void choose_pids(char *list)
{
	for (char *pid = strtok(list, ", "); pid; pid = strtok(NULL, ", "))
		if (nr_pids < MAX_PIDS)
			pids[nr_pids++] = parse_long(pid);
}

/* The last column is not padded to the right: no blanks at the ends of lines. */
static void print_cell(const char *text, int width, int last)
{
	if (last && width < 0)
		width = 0;
	printf("%*s%s", width, text, last ? "" : " ");
}

static void print_row(const struct proc *p)
{
	char buf[256];

	for (int i = 0; i < nr_chosen; i++) {
		if (p)
			chosen[i].print(p, buf, sizeof(buf));
		print_cell(p ? buf : chosen[i].heading, chosen[i].width, i == nr_chosen - 1);
	}
	putchar('\n');
}

/* Options as "aux", "-ef", "f", "-o list", "-p list" or a bare pid. */
static void parse_args(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *arg = argv[i];
		char *option = arg + (*arg == '-');

		if (isdigit((unsigned char)*arg)) {
			choose_pids(arg);
			continue;
		}
		for (; *option; option++) {
			char *value = option[1] ? option + 1 : argv[i + 1];

			if (*option == 'f')
				tree = *arg != '-' || tree;
			else if (!strchr("auxeAlwjop", *option))
				usage("unknown option");
			if (*option != 'o' && *option != 'p')
				continue;
			if (!value)
				usage("a list is needed");
			if (*option == 'o')
				choose(value);
			else
				choose_pids(value);
			i += !option[1];
			break;
		}
	}
}

static int selected(const struct proc *p)
{
	for (int i = 0; i < nr_pids; i++)
		if (pids[i] == p->pid)
			return 1;
	return !nr_pids;
}

int main(int argc, char **argv)
{
	char defaults[] = "pid,ppid,stat,minflt,majflt,vsz,rss,time,command";
	char text[64];
	struct proc *procs;
	int nr, printed = 0, headings = 0;

	prog_init(argc, argv, "ps [f] [-o COLUMN[=HEADING],...] [-p PID,...] [PID]...\n"
		"List processes; columns: pid ppid pgid sid uid user stat tty minflt majflt vsz\n"
		"rss pmem pcpu time ni pri nlwp comm args.");
	parse_args(argc, argv);
	if (!nr_chosen)
		choose(defaults);
	if (read_file("/proc/uptime", text, sizeof(text)) > 0)
		ticks_now = strtoul(text, NULL, 10) * 100;
	mem_total = file_field("/proc/meminfo", "MemTotal:");
	nr = procs_read(&procs);
	if (tree)
		procs_tree(procs, nr);
	for (int i = 0; i < nr_chosen; i++)
		headings |= chosen[i].heading[0];
	if (headings)
		print_row(NULL);
	for (int i = 0; i < nr; i++) {
		if (!selected(&procs[i]))
			continue;
		print_row(&procs[i]);
		printed++;
	}
	free(procs);
	return !printed;
}
