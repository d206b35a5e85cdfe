/* SPDX-License-Identifier: MIT */
/*
 * /proc/stat, uptime and loadavg: what the harts have done.
 *
 * Locks: none; each hart writes its own figures.
 *
 * Linux: fs/proc/{stat,uptime,loadavg}.c. Differs: no time of softirqs, steal or
 * guests.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/irq.h"
#include "kernel/pid.h"
#include "lib/bug.h"

#define FSHIFT	11		/* fraction bits of avenrun[] */

static unsigned long clock_t_of(u64 ns)
{
	return ns / (NSEC_PER_SEC / USER_HZ);
}

/* ---- stat ---- */

static void show_times(struct seq_file *m, const struct cpu_times *t)
{
	seq_printf(m, " %lu 0 %lu %lu %lu %lu 0 0 0 0\n", clock_t_of(t->user),
		   clock_t_of(t->system), clock_t_of(t->idle), clock_t_of(t->iowait),
		   clock_t_of(t->irq));
}

static void sum_times(struct cpu_times *sum)
{
	struct cpu_times t;
	unsigned int cpu;

	*sum = (struct cpu_times){ 0 };
	for_each_online_cpu(cpu) {
		get_cpu_times(cpu, &t);
		sum->user += t.user;
		sum->system += t.system;
		sum->idle += t.idle;
		sum->iowait += t.iowait;
		sum->irq += t.irq;
	}
}

static void intr_count(unsigned int irq, const char *name, const unsigned long *per_cpu, void *arg)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		sum += per_cpu[cpu];
	seq_printf(arg, " %lu", sum);
}

static int stat_show(struct seq_file *m, void *v)
{
	struct cpu_times t;
	unsigned int cpu;

	sum_times(&t);
	seq_puts(m, "cpu ");
	show_times(m, &t);
	for_each_online_cpu(cpu) {
		get_cpu_times(cpu, &t);
		seq_printf(m, "cpu%u", cpu);
		show_times(m, &t);
	}
	seq_printf(m, "intr %lu", irq_count_total());
	irq_for_each(intr_count, m);
	seq_printf(m, "\nctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %lu\n"
		   "procs_blocked %lu\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n", nr_context_switches(),
		   ktime_real_offset() / NSEC_PER_SEC, nr_processes_forked(),
		   nr_running(), nr_iowait());
	return 0;
}

/* ---- uptime, loadavg ---- */

static void show_seconds(struct seq_file *m, u64 ns, char end)
{
	seq_printf(m, "%lu.%02lu%c", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / (NSEC_PER_SEC / 100),
		   end);
}

static int uptime_show(struct seq_file *m, void *v)
{
	struct cpu_times t;

	sum_times(&t);
	show_seconds(m, ktime_get(), ' ');
	show_seconds(m, t.idle, '\n');
	return 0;
}

static int loadavg_show(struct seq_file *m, void *v)
{
	for (int i = 0; i < 3; i++) {
		unsigned long load = avenrun[i] + (1UL << FSHIFT) / 200;	/* rounded */

		seq_printf(m, "%lu.%02lu ", load >> FSHIFT,
			   ((load & ((1UL << FSHIFT) - 1)) * 100) >> FSHIFT);
	}
	seq_printf(m, "%lu/%lu %d\n", nr_running(), nr_threads_total(), last_pid_value());
	return 0;
}

void proc_stat_init(void)
{
	BUG_ON(proc_create_single("stat", 0444, stat_show) ||
	       proc_create_single("uptime", 0444, uptime_show) ||
	       proc_create_single("loadavg", 0444, loadavg_show));
}
