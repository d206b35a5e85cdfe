/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/stat, statm and status: what ps and top read.
 *
 * The order of the fields is fixed for ever (proc(5)): programs count blanks. What
 * Quire does not keep is 0. stat's name of the process stands in parentheses and may
 * itself contain blanks and parentheses, so readers look for the last ')'.
 *
 * Locks: tasklist_lock and siglock while the figures are copied; the text is made
 * from the copy. The figures of the mm are read without its lock: each is right at
 * some moment, their sum may be a page off.
 *
 * Linux: fs/proc/array.c, task_mmu.c (the Vm lines). Differs: everybody is root and
 * has all capabilities.
 */
#include "kernel/drivers/tty.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/pid_namespace.h"
#include "kernel/signal.h"
#include "lib/bitmap.h"
#include "lib/string.h"
#include "mm/mm.h"

/* As ps shows it. A zombie's task state means nothing any more. */
static char state_char(const struct task_struct *t)
{
	unsigned int state = READ_ONCE(t->state);

	if (t->exit_state == EXIT_ZOMBIE)
		return 'Z';
	if (t->exit_state)
		return 'X';
	if (state & __TASK_STOPPED)
		return 'T';
	if (state & TASK_UNINTERRUPTIBLE)
		return 'D';
	return state & TASK_INTERRUPTIBLE ? 'S' : 'R';
}

static const char *state_name(char c)
{
	switch (c) {
	case 'R': return "R (running)";
	case 'S': return "S (sleeping)";
	case 'D': return "D (disk sleep)";
	case 'T': return "T (stopped)";
	case 'Z': return "Z (zombie)";
	}
	return "X (dead)";
}

/* Everything about a task that needs locks, copied at once. */
struct task_info {
	pid_t pid, tgid, ppid, pgrp, session, tpgid;	/* as the mount of /proc sees them */
	struct pid_numbers pids, tgids, pgrps, sessions;
	dev_t tty;
	int threads, exit_signal;
	u64 utime, stime, cutime, cstime;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
	unsigned long vsize, rss;
	sigset_t pending, shared, blocked, ignored, caught;
	unsigned long nvcsw, nivcsw;
};

/* => tasklist_lock: t is not released meanwhile, which would count it twice. */
static void add_thread(struct task_info *ti, struct task_struct *t)
{
	u64 u, s;

	task_cputime(t, &u, &s);
	ti->utime += u;
	ti->stime += s;
	ti->min_flt += t->min_flt;
	ti->maj_flt += t->maj_flt;
}

/* Ignored are those with SIG_IGN; a default of doing nothing (SIGCHLD) does not count. */
static void collect_signals(struct task_info *ti, struct task_struct *t)
{
	spin_lock(&t->sighand->siglock);
	ti->pending = t->pending.signal;
	ti->shared = t->signal->shared_pending.signal;
	ti->blocked = t->blocked;
	for (int sig = 1; sig <= _NSIG; sig++) {
		void *handler = t->sighand->action[sig - 1].sa_handler;

		if (handler == SIG_IGN)
			sigaddset(&ti->ignored, sig);
		else if (handler != SIG_DFL)
			sigaddset(&ti->caught, sig);
	}
	spin_unlock(&t->sighand->siglock);
}

/* whole: of the process, with threads that have ended; else of this thread alone. */
static void collect(struct seq_file *m, struct task_info *ti, bool whole)
{
	const struct pid_namespace *ns = proc_pid_ns(m->file->f_inode->i_sb);
	struct task_struct *t = m->private;
	struct signal_struct *sig = t->signal;
	struct task_struct *thread;

	memset(ti, 0, sizeof(*ti));
	spin_lock_irq(&tasklist_lock);
	/* Once it is reaped its leader may be gone: what is left is its own. */
	if (t->exit_state != EXIT_DEAD)
		ti->ppid = task_tgid_nr_ns(t->group_leader->real_parent, ns);
	ti->pid = task_pid_nr_ns(t, ns);
	ti->tgid = task_tgid_nr_ns(t, ns);
	ti->pgrp = pid_nr_ns(&sig->pgrp_numbers, ns);
	ti->session = pid_nr_ns(&sig->session_numbers, ns);
	/* Numbers are values: they are good even if the leader goes now. */
	ti->pids = t->pids;
	ti->tgids = t->group_leader->pids;
	ti->pgrps = sig->pgrp_numbers;
	ti->sessions = sig->session_numbers;
	ti->threads = sig->nr_threads;
	ti->exit_signal = t->exit_signal;
	if (whole) {
		ti->utime = sig->utime;
		ti->stime = sig->stime;
		ti->min_flt = sig->min_flt;
		ti->maj_flt = sig->maj_flt;
		for_each_thread(t, thread)
			add_thread(ti, thread);
	} else {
		add_thread(ti, t);
	}
	ti->cutime = sig->cutime;
	ti->cstime = sig->cstime;
	ti->cmin_flt = sig->cmin_flt;
	ti->cmaj_flt = sig->cmaj_flt;
	collect_signals(ti, t);
	spin_unlock_irq(&tasklist_lock);
	ti->tty = tty_devnum(sig);
	ti->tpgid = tty_pgrp(sig, ns);
}

/* Programs divide by sysconf(_SC_CLK_TCK), which is USER_HZ whatever the tick is. */
static unsigned long clock_t_of(u64 ns)
{
	return ns / (NSEC_PER_SEC / USER_HZ);
}

/* vsize in bytes, rss in pages, its limit, and where things are. kstkesp and kstkeip: 0. */
static void show_stat_mm(struct seq_file *m, struct task_struct *t, const struct mm_struct *mm)
{
	unsigned long limit = t->signal->rlim[RLIMIT_RSS].rlim_cur;

	if (mm)
		seq_printf(m, " %lu %lu %lu %lu %lu %lu 0 0", mm->total_vm << PAGE_SHIFT,
			   get_mm_rss(mm), limit, mm->start_code, mm->end_code,
			   mm->start_stack);
	else
		seq_printf(m, " 0 0 %lu 0 0 0 0 0", limit);
}

static int show_stat(struct seq_file *m, bool whole)
{
	struct task_struct *t = m->private;
	struct mm_struct *mm = get_task_mm(t);
	struct task_info ti;

	collect(m, &ti, whole);
	/* 1-9: who it is and where it belongs */
	seq_printf(m, "%d (%s) %c %d %d %d %u %d %u", ti.pid, t->comm, state_char(t), ti.ppid,
		   ti.pgrp, ti.session, (MAJOR(ti.tty) << 8 | MINOR(ti.tty)), ti.tpgid, t->flags);
	/* 10-13: faults without and with I/O, its own and those of children it waited for */
	seq_printf(m, " %lu %lu %lu %lu", ti.min_flt, ti.cmin_flt, ti.maj_flt, ti.cmaj_flt);
	/* 14-17: times in ticks, in the same order */
	seq_printf(m, " %lu %lu %lu %lu", clock_t_of(ti.utime), clock_t_of(ti.stime),
		   clock_t_of(ti.cutime), clock_t_of(ti.cstime));
	/* 18-22: priority, nice, threads, 0, start after boot in ticks */
	seq_printf(m, " %d %d %d 0 %lu",
		   t->rt_priority ? -1 - (int)t->rt_priority : 20 + t->nice, t->nice, ti.threads,
		   clock_t_of(t->start_time));
	show_stat_mm(m, t, mm);		/* 23-30 */
	/* 31-44: masks of the first 31 signals, whether it sleeps, its hart and scheduling */
	seq_printf(m, " %lu %lu %lu %lu %d 0 0 %d %u %u %u 0 0 0",
		   (ti.pending.sig | ti.shared.sig) & 0x7fffffff, ti.blocked.sig & 0x7fffffff,
		   ti.ignored.sig & 0x7fffffff, ti.caught.sig & 0x7fffffff,
		   t->state != TASK_RUNNING, ti.exit_signal, t->cpu, t->rt_priority, t->policy);
	/* 45-52: more places in its memory, and how it ended */
	if (mm)
		seq_printf(m, " %lu %lu %lu %lu %lu %lu %lu %d\n", mm->start_data, mm->end_data,
			   mm->start_brk, mm->arg_start, mm->arg_end, mm->env_start, mm->env_end,
			   t->exit_state ? t->exit_code : 0);
	else
		seq_printf(m, " 0 0 0 0 0 0 0 %d\n", t->exit_state ? t->exit_code : 0);
	if (mm)
		mmput(mm);
	return 0;
}

/* In /proc/PID all threads are summed up, in /proc/PID/task/TID it is the one. */
int proc_pid_stat(struct seq_file *m, void *v)
{
	return show_stat(m, true);
}

int proc_tid_stat(struct seq_file *m, void *v)
{
	return show_stat(m, false);
}

/* The code segment, in whole pages. */
static unsigned long text_pages(const struct mm_struct *mm)
{
	return (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT;
}

/* Seven numbers in pages: size, resident, shared, text, 0, data and stack, 0. */
int proc_pid_statm(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return 0;
	}
	seq_printf(m, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, get_mm_rss(mm),
		   get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_SHMEMPAGES),
		   text_pages(mm), mm->data_vm + mm->stack_vm);
	mmput(mm);
	return 0;
}

/*
 * ---- status ----
 *
 * The same for people, and the only file with the high marks (VmPeak, VmHWM), with
 * rss by kind (anonymous, file, tmpfs) and with what is in swap.
 */

static void kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%s:\t%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

/* The high marks are only brought up to date when memory shrinks: see update_hiwater(). */
static void show_status_mm(struct seq_file *m, struct mm_struct *mm)
{
	unsigned long anon = get_mm_counter(mm, MM_ANONPAGES);
	unsigned long file = get_mm_counter(mm, MM_FILEPAGES);
	unsigned long shmem = get_mm_counter(mm, MM_SHMEMPAGES);
	unsigned long rss = anon + file + shmem, text = text_pages(mm);

	kb(m, "VmPeak", max(mm->hiwater_vm, mm->total_vm));
	kb(m, "VmSize", mm->total_vm);
	kb(m, "VmLck", mm->locked_vm);
	kb(m, "VmPin", mm->pinned_vm);
	kb(m, "VmHWM", max(mm->hiwater_rss, rss));
	kb(m, "VmRSS", rss);
	kb(m, "RssAnon", anon);
	kb(m, "RssFile", file);
	kb(m, "RssShmem", shmem);
	kb(m, "VmData", mm->data_vm);
	kb(m, "VmStk", mm->stack_vm);
	kb(m, "VmExe", text);
	kb(m, "VmLib", mm->exec_vm > text ? mm->exec_vm - text : 0);
	kb(m, "VmPTE", atomic_long_read(&mm->pgtables_bytes) >> PAGE_SHIFT);
	kb(m, "VmSwap", get_mm_counter(mm, MM_SWAPENTS));
	kb(m, "HugetlbPages", 0);
	seq_puts(m, "CoreDumping:\t0\nTHP_enabled:\t0\nuntag_mask:\t0xffffffffffffffff\n");
}

/*
 * In the namespace of this /proc first, then in those inside of it that the task is in. A group
 * or session that is not of such a namespace has number 0 there.
 */
static void show_numbers(struct seq_file *m, const char *name, const struct pid_numbers *p,
			 const struct pid_numbers *task)
{
	seq_printf(m, "%s:", name);
	for (int i = proc_pid_ns(m->file->f_inode->i_sb)->level; i < PID_NS_LEVELS; i++) {
		if (task->at[i].ns)
			seq_printf(m, "\t%d", p->at[i].ns == task->at[i].ns ? p->at[i].nr : 0);
	}
	seq_putc(m, '\n');
}

/* One line for each kind of id: real, effective, saved, file system. */
static void show_status_ids(struct seq_file *m, struct task_struct *t, const struct task_info *ti)
{
	seq_printf(m, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", ti->tgid,
		   ti->pid, ti->ppid);
	seq_puts(m, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
	seq_printf(m, "FDSize:\t%u\nGroups:\t \n", task_fd_size(t));
	show_numbers(m, "NStgid", &ti->tgids, &ti->pids);
	show_numbers(m, "NSpid", &ti->pids, &ti->pids);
	show_numbers(m, "NSpgid", &ti->pgrps, &ti->pids);
	show_numbers(m, "NSsid", &ti->sessions, &ti->pids);
	seq_printf(m, "Kthread:\t%d\n", !!(t->flags & PF_KTHREAD));
}

/* libnuma takes the number of CPUs and nodes from the width of these masks. */
static void show_status_cpus(struct seq_file *m, const struct task_struct *t)
{
	unsigned long mask = t->cpus_mask & ((1UL << nr_cpu_ids) - 1);
	char list[64];

	bitmap_print_list(list, sizeof(list), &mask, nr_cpu_ids);
	seq_printf(m, "Cpus_allowed:\t%0*lx\nCpus_allowed_list:\t%s\n",
		   (int)DIV_ROUND_UP(nr_cpu_ids, 4), mask, list);
	mask = (1UL << nr_online_nodes) - 1;
	bitmap_print_list(list, sizeof(list), &mask, nr_online_nodes);
	seq_printf(m, "Mems_allowed:\t%lx\nMems_allowed_list:\t%s\n", mask, list);
}

int proc_pid_status(struct seq_file *m, void *v)
{
	static const char caps[] = "CapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\n"
		"CapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\n"
		"CapAmb:\t0000000000000000\nNoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n"
		"Speculation_Store_Bypass:\tunknown\nSpeculationIndirectBranch:\tunsupported\n";
	struct task_struct *t = m->private;
	struct mm_struct *mm = get_task_mm(t);
	struct task_info ti;

	collect(m, &ti, true);
	seq_printf(m, "Name:\t%s\nUmask:\t%04o\nState:\t%s\n", t->comm, task_umask(t),
		   state_name(state_char(t)));
	show_status_ids(m, t, &ti);
	if (mm) {
		show_status_mm(m, mm);
		mmput(mm);
	}
	seq_printf(m, "Threads:\t%d\nSigQ:\t%lu/%lu\n", ti.threads, nr_queued_signals(),
		   t->signal->rlim[RLIMIT_SIGPENDING].rlim_cur);
	seq_printf(m, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\n"
		   "SigCgt:\t%016lx\n", ti.pending.sig, ti.shared.sig, ti.blocked.sig,
		   ti.ignored.sig, ti.caught.sig);
	seq_printf(m, caps, t->prctl & PRCTL_NO_NEW_PRIVS);
	show_status_cpus(m, t);
	seq_printf(m, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n", t->nvcsw,
		   t->nivcsw);
	return 0;
}
