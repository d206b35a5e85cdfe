/* SPDX-License-Identifier: MIT */
/*
 * The small files of /proc/PID: limits, cmdline, environ, auxv, comm, the OOM
 * scores, io, wchan.
 *
 * A show function gets the task as m->private. It may be in any stage of its
 * end; a process without memory (a zombie, a kernel thread) has empty files
 * where the text would come from memory.
 *
 * Locks: tasklist_lock where threads are summed up; access_remote_vm() takes the
 * mmap_lock of the process that is looked at, and may bring its pages in.
 *
 * Linux: fs/proc/base.c. Differs: io does not count threads that have ended.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/printk.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/oom.h"
#include "mm/slab.h"
#include "mm/swap.h"

/* In a column of 20. */
static void show_limit(struct seq_file *m, unsigned long value)
{
	if (value == RLIM_INFINITY)
		seq_printf(m, "%-20s ", "unlimited");
	else
		seq_printf(m, "%-20lu ", value);
}

int proc_pid_limits(struct seq_file *m, void *v)
{
	static const struct { const char *name, *unit; } limits[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = { "Max cpu time", "seconds" },
		[RLIMIT_FSIZE] = { "Max file size", "bytes" },
		[RLIMIT_DATA] = { "Max data size", "bytes" },
		[RLIMIT_STACK] = { "Max stack size", "bytes" },
		[RLIMIT_CORE] = { "Max core file size", "bytes" },
		[RLIMIT_RSS] = { "Max resident set", "bytes" },
		[RLIMIT_NPROC] = { "Max processes", "processes" },
		[RLIMIT_NOFILE] = { "Max open files", "files" },
		[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
		[RLIMIT_AS] = { "Max address space", "bytes" },
		[RLIMIT_LOCKS] = { "Max file locks", "locks" },
		[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
		[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
		[RLIMIT_NICE] = { "Max nice priority", NULL },
		[RLIMIT_RTPRIO] = { "Max realtime priority", NULL },
		[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
	};
	struct task_struct *t = m->private;

	seq_printf(m, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(m, "%-25s ", limits[i].name);
		show_limit(m, t->signal->rlim[i].rlim_cur);
		show_limit(m, t->signal->rlim[i].rlim_max);
		if (limits[i].unit)
			seq_printf(m, "%-10s", limits[i].unit);
		seq_putc(m, '\n');
	}
	return 0;
}

/*
 * The bytes [start, end) of t's memory, as they are now: a program may have written over its
 * arguments, which is how some change what ps shows. Stops where nothing is mapped any more.
 */
static int show_user_range(struct seq_file *m, struct mm_struct *mm, unsigned long start,
			   unsigned long end)
{
	char *page = kmalloc(PAGE_SIZE, GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	while (start < end) {
		/* no lock over it: each page may have to be read from swap */
		int n = access_remote_vm(mm, start, page, min(end - start, PAGE_SIZE), false);

		if (n <= 0)
			break;
		seq_write(m, page, n);
		start += n;
	}
	kfree(page);
	return 0;
}

int proc_pid_cmdline(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	int err;

	if (!mm)
		return 0;
	err = show_user_range(m, mm, mm->arg_start, mm->arg_end);
	mmput(mm);
	return err;
}

int proc_pid_environ(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	int err;

	if (!mm)
		return 0;
	err = show_user_range(m, mm, mm->env_start, mm->env_end);
	mmput(mm);
	return err;
}

/* Binary: pairs of longs as the program got them, up to and with AT_NULL. */
int proc_pid_auxv(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	size_t n = 0;

	if (!mm)
		return 0;
	while (n + 2 < ARRAY_SIZE(mm->saved_auxv) && mm->saved_auxv[n])
		n += 2;
	seq_write(m, mm->saved_auxv, (n + 2) * sizeof(long));
	mmput(mm);
	return 0;
}

int proc_pid_comm(struct seq_file *m, void *v)
{
	char comm[TASK_COMM_LEN];

	get_task_comm(comm, m->private);
	seq_printf(m, "%s\n", comm);
	return 0;
}

/* Only threads of the same process may; what is too long is cut, as prctl(PR_SET_NAME) does. */
int proc_comm_write(struct task_struct *t, char *text)
{
	if (t->signal != current->signal)
		return -EINVAL;
	text[strcspn(text, "\n")] = '\0';
	set_task_comm(t, text);
	return 0;
}

/* ---- OOM ---- */

/* How soon the OOM killer would take it, of all memory and swap in thousandths. */
int proc_pid_oom_score(struct seq_file *m, void *v)
{
	unsigned long total = totalram_pages() + (CONFIG_MMU ? total_swap_pages() : 0);
	long badness = oom_badness(m->private, total);
	long points = 0;

	/* As Linux scales it: 0 cannot be chosen, 666 is nothing to speak of, 2000 all memory. */
	if (badness != LONG_MIN)
		points = (1000 + badness * 1000 / (long)total) * 2 / 3;
	seq_printf(m, "%ld\n", points);
	return 0;
}

int proc_pid_oom_score_adj(struct seq_file *m, void *v)
{
	struct task_struct *t = m->private;

	seq_printf(m, "%d\n", t->signal->oom_score_adj);
	return 0;
}

/* -1000: never kill it; 1000: it counts as if it had all memory. */
int proc_oom_score_adj_write(struct task_struct *t, char *text)
{
	int adj;

	if (kstrtoint(strim(text), 0, &adj) || adj < OOM_SCORE_ADJ_MIN || adj > OOM_SCORE_ADJ_MAX)
		return -EINVAL;
	t->signal->oom_score_adj = adj;
	return 0;
}

/* ---- I/O and sleeping ---- */

/* Six figures, in the order of the lines. */
static void add_io(u64 sum[6], const struct task_struct *t)
{
	sum[0] += t->rchar;
	sum[1] += t->wchar;
	sum[2] += t->syscr;
	sum[3] += t->syscw;
	sum[4] += t->read_bytes;
	sum[5] += t->write_bytes;
}

static int show_io(struct seq_file *m, const u64 sum[6])
{
	seq_printf(m, "rchar: %lu\nwchar: %lu\nsyscr: %lu\nsyscw: %lu\nread_bytes: %lu\n"
		   "write_bytes: %lu\ncancelled_write_bytes: 0\n", sum[0], sum[1], sum[2], sum[3],
		   sum[4], sum[5]);
	return 0;
}

int proc_tid_io(struct seq_file *m, void *v)
{
	u64 sum[6] = { 0 };

	add_io(sum, m->private);
	return show_io(m, sum);
}

int proc_pid_io(struct seq_file *m, void *v)
{
	struct task_struct *p = m->private, *t;
	u64 sum[6] = { 0 };

	spin_lock_irq(&tasklist_lock);
	for_each_thread(p, t)
		add_io(sum, t);
	spin_unlock_irq(&tasklist_lock);
	return show_io(m, sum);
}

/*
 * The function in which it sleeps, without a newline, as ps wants it. Read without a
 * lock: it may wake up meanwhile, and then "0" or the old place are both fair answers.
 */
int proc_pid_wchan(struct seq_file *m, void *v)
{
	struct task_struct *t = m->private;
	char buf[KSYM_NAME_LEN];
	const char *name = NULL;
	unsigned long offset;

	if (t->state != TASK_RUNNING && t->wchan)
		name = kallsyms_lookup((unsigned long)t->wchan, &offset, buf);
	seq_puts(m, name ? name : "0");
	return 0;
}
