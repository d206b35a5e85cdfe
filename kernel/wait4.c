/* SPDX-License-Identifier: MIT */
/*
 * wait4() and waitid(): a process learns what became of its children.
 *
 * A child is looked at under tasklist_lock; what is to be told is collected in
 * struct wait_result and written to user memory after the lock is dropped.
 *
 * A child is told about once: the look that takes the news away (a zombie becomes
 * EXIT_DEAD, a SIGNAL_CLD_ flag is cleared) happens under the lock, so of several
 * threads that wait only one gets it. WNOWAIT looks and leaves it.
 *
 * Sleeping is by the usual rule: queued on wait_chldexit first, then the look; a
 * child that ends in between wakes us.
 *
 * Locks: tasklist_lock (irq-safe), siglock of the child for stops.
 *
 * Linux: kernel/exit.c (do_wait and below). Differs: no ptrace.
 */
#include <asm/uaccess.h>
#include "kernel/exit.h"
#include "kernel/fork.h"
#include "kernel/pid_namespace.h"
#include "kernel/pidfd.h"
#include "kernel/proc_syscalls.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/mm.h"

/* Whom and what the caller waits for. */
struct wait_opts {
	int type;			/* P_ALL, P_PID, P_PGID */
	pid_t id;			/* pid or process group, 0: our own group */
	int options;			/* W*, __W* */
	bool usage;			/* res.ru is asked for */
};

/* The news of one child. */
struct wait_result {
	pid_t pid;
	int status;			/* as wait4() gives it */
	int code;			/* CLD_*, for waitid() */
	struct rusage ru;		/* wait_opts.usage: what it and its children used */
};

/* Is it in the process group that the caller calls id, 0: in the caller's own? */
static bool in_group(const struct task_struct *p, pid_t id)
{
	if (!id)
		return p->signal->pgrp == current->signal->pgrp;
	/* A group that the caller's namespace does not see has no number here. */
	return pid_nr_ns(&p->signal->pgrp_numbers, current->pid_ns) == id;
}

/* A child that does not send SIGCHLD at its end is a "clone child": it must be asked for. */
static bool eligible(const struct wait_opts *wo, const struct task_struct *p)
{
	bool clone_child = p->exit_signal != SIGCHLD;

	if (wo->type == P_PID && task_pid_nr_ns(p, current->pid_ns) != wo->id)
		return false;
	if (wo->type == P_PGID && !in_group(p, wo->id))
		return false;
	if (wo->options & __WALL)
		return true;
	return clone_child == !!(wo->options & __WCLONE);
}

/* ---- resource usage ---- */

static struct __kernel_timeval ns_to_timeval(u64 ns)
{
	return (struct __kernel_timeval){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

/* Times are added as ns and converted once, at the end, so that no remainders get lost. */
static void add_thread_usage(struct task_struct *t, struct rusage *r, u64 *ut, u64 *st)
{
	u64 u, s;

	task_cputime(t, &u, &s);
	*ut += u;
	*st += s;
	r->ru_minflt += t->min_flt;
	r->ru_majflt += t->maj_flt;
	r->ru_nvcsw += t->nvcsw;
	r->ru_nivcsw += t->nivcsw;
	r->ru_inblock += t->inblock;
	r->ru_oublock += t->oublock;
}

/* All threads, living and dead. => tasklist_lock held. */
static void group_usage(struct task_struct *p, struct rusage *r, u64 *ut, u64 *st)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;

	*ut += sig->utime;
	*st += sig->stime;
	r->ru_minflt += sig->min_flt;
	r->ru_majflt += sig->maj_flt;
	r->ru_nvcsw += sig->nvcsw;
	r->ru_nivcsw += sig->nivcsw;
	r->ru_inblock += sig->inblock;
	r->ru_oublock += sig->oublock;
	for_each_thread(p, t)
		add_thread_usage(t, r, ut, st);
}

/* What its children used that it has waited for, and theirs. */
static void children_usage(const struct signal_struct *sig, struct rusage *r, u64 *ut, u64 *st)
{
	*ut += sig->cutime;
	*st += sig->cstime;
	r->ru_minflt += sig->cmin_flt;
	r->ru_majflt += sig->cmaj_flt;
	r->ru_nvcsw += sig->cnvcsw;
	r->ru_nivcsw += sig->cnivcsw;
	r->ru_inblock += sig->cinblock;
	r->ru_oublock += sig->coublock;
}

/* The largest resident set, in KiB: of earlier programs of the process, or of the present one. */
static unsigned long group_maxrss(struct task_struct *p)
{
	unsigned long rss = p->signal->maxrss;
	struct mm_struct *mm = p->mm;

	if (mm)
		rss = max3(rss, mm->hiwater_rss, get_mm_rss(mm));
	return rss * (PAGE_SIZE / 1024);
}

/* RUSAGE_BOTH is ours: a zombie with the children it waited for, as wait4() reports it. */
#define RUSAGE_BOTH	(-2)

/* => tasklist_lock held. */
static void fill_rusage(struct task_struct *p, int who, struct rusage *r)
{
	u64 ut = 0, st = 0;

	memset(r, 0, sizeof(*r));
	if (who == RUSAGE_THREAD)
		add_thread_usage(p, r, &ut, &st);
	if (who == RUSAGE_SELF || who == RUSAGE_BOTH)
		group_usage(p, r, &ut, &st);
	if (who == RUSAGE_CHILDREN || who == RUSAGE_BOTH)
		children_usage(p->signal, r, &ut, &st);
	r->ru_utime = ns_to_timeval(ut);
	r->ru_stime = ns_to_timeval(st);
	if (who != RUSAGE_CHILDREN)
		r->ru_maxrss = group_maxrss(p);
	if (who == RUSAGE_CHILDREN || who == RUSAGE_BOTH)
		r->ru_maxrss = max(r->ru_maxrss, (long)(p->signal->cmaxrss * (PAGE_SIZE / 1024)));
}

/* For getrusage(2) and /proc. */
void getrusage_of(struct task_struct *p, int who, struct rusage *r)
{
	spin_lock_irq(&tasklist_lock);
	fill_rusage(p, who, r);
	spin_unlock_irq(&tasklist_lock);
}

/* The parent inherits what the child and its waited-for children used. => tasklist_lock held. */
static void account_child(struct signal_struct *mine, struct task_struct *p)
{
	const struct signal_struct *sig = p->signal;
	u64 utime, stime;

	task_cputime(p, &utime, &stime);
	mine->cutime += utime + sig->utime + sig->cutime;
	mine->cstime += stime + sig->stime + sig->cstime;
	mine->cmin_flt += p->min_flt + sig->min_flt + sig->cmin_flt;
	mine->cmaj_flt += p->maj_flt + sig->maj_flt + sig->cmaj_flt;
	mine->cnvcsw += p->nvcsw + sig->nvcsw + sig->cnvcsw;
	mine->cnivcsw += p->nivcsw + sig->nivcsw + sig->cnivcsw;
	mine->cinblock += p->inblock + sig->inblock + sig->cinblock;
	mine->coublock += p->oublock + sig->oublock + sig->coublock;
	mine->cmaxrss = max3(mine->cmaxrss, sig->maxrss, sig->cmaxrss);
}

/* ---- the three things a child can have done. => tasklist_lock held; true: told. ---- */

static bool wait_zombie(const struct wait_opts *wo, struct task_struct *p, struct wait_result *res)
{
	int status;

	if (!(wo->options & WEXITED) || p->exit_state != EXIT_ZOMBIE || !thread_group_empty(p))
		return false;
	/* After exit_group() or a signal all threads have one status, else the leader's counts. */
	status = p->signal->group_exit ? p->signal->group_exit_code : p->exit_code;
	res->pid = task_pid_nr_ns(p, current->pid_ns);
	res->status = status;
	res->code = status & 0x7f ? CLD_KILLED : CLD_EXITED;
	if (!(wo->options & WNOWAIT)) {
		account_child(current->signal, p);
		p->exit_state = EXIT_DEAD;	/* ours to release */
	}
	return true;
}

/* WUNTRACED: stopped, and not told yet. */
static bool wait_stopped(const struct wait_opts *wo, struct task_struct *p, struct wait_result *res)
{
	bool told = false;

	if (!(wo->options & WUNTRACED))
		return false;
	spin_lock(&p->sighand->siglock);
	if (p->signal->stop_flags & SIGNAL_CLD_STOPPED) {
		res->pid = task_pid_nr_ns(p, current->pid_ns);
		res->status = p->signal->group_exit_code << 8 | 0x7f;
		res->code = CLD_STOPPED;
		if (!(wo->options & WNOWAIT))
			p->signal->stop_flags &= ~SIGNAL_CLD_STOPPED;
		told = true;
	}
	spin_unlock(&p->sighand->siglock);
	return told;
}

/* WCONTINUED: goes on after a stop. */
static bool wait_continued(const struct wait_opts *wo, struct task_struct *p,
			   struct wait_result *res)
{
	bool told = false;

	if (!(wo->options & WCONTINUED))
		return false;
	spin_lock(&p->sighand->siglock);
	if (p->signal->stop_flags & SIGNAL_CLD_CONTINUED) {
		res->pid = task_pid_nr_ns(p, current->pid_ns);
		res->status = 0xffff;
		res->code = CLD_CONTINUED;
		if (!(wo->options & WNOWAIT))
			p->signal->stop_flags &= ~SIGNAL_CLD_CONTINUED;
		told = true;
	}
	spin_unlock(&p->sighand->siglock);
	return told;
}

/* One look at all children: pid of the one told about, 0 none yet, -ECHILD none eligible. */
static int look_at_children(const struct wait_opts *wo, struct wait_result *res)
{
	struct task_struct *p, *dead = NULL;
	int ret = -ECHILD;

	spin_lock_irq(&tasklist_lock);
	list_for_each_entry(p, &current->group_leader->children, sibling) {
		if (!eligible(wo, p) || p->exit_state == EXIT_DEAD)
			continue;
		ret = 0;		/* there is somebody to wait for */
		if (wait_zombie(wo, p, res)) {
			if (p->exit_state == EXIT_DEAD)
				dead = p;
		} else if (!wait_stopped(wo, p, res) && !wait_continued(wo, p, res)) {
			continue;
		}
		if (wo->usage)
			fill_rusage(p, RUSAGE_BOTH, &res->ru);
		ret = res->pid;
		break;
	}
	spin_unlock_irq(&tasklist_lock);
	if (dead) {
		__set_current_state(TASK_RUNNING);	/* no more waiting, and this may sleep */
		release_task(dead);
	}
	return ret;
}

/* pid, 0 (WNOHANG), -ECHILD, -ERESTARTSYS */
static int do_wait(const struct wait_opts *wo, struct wait_result *res)
{
	struct wait_queue_head *wq = &current->signal->wait_chldexit;
	int ret;
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(wq, &wait, TASK_INTERRUPTIBLE);
		ret = look_at_children(wo, res);
		if (ret || wo->options & WNOHANG)
			break;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	finish_wait(wq, &wait);
	return ret;
}

long sys_wait4(long upid, int __user *ustatus, long options, struct rusage __user *uru)
{
	struct wait_opts wo = {
		.type = P_PID, .id = (pid_t)upid, .options = (int)options | WEXITED, .usage = uru,
	};
	struct wait_result res;
	int ret;

	if ((int)options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | (int)__WCLONE |
			     __WALL))
		return -EINVAL;
	if (wo.id == INT_MIN)		/* -id would not fit */
		return -ESRCH;
	/* -1 anybody, 0 our group, < -1 the group -pid, > 0 that child. */
	if (wo.id == -1)
		wo.type = P_ALL;
	else if (wo.id <= 0)
		wo.type = P_PGID;
	if (wo.id < -1)
		wo.id = -wo.id;
	ret = do_wait(&wo, &res);
	if (ret <= 0)
		return ret;
	/* The child is gone now, whether or not the caller's memory takes the news. */
	if (ustatus && put_user(res.status, ustatus))
		return -EFAULT;
	if (uru && copy_to_user(uru, &res.ru, sizeof(res.ru)))
		return -EFAULT;
	return ret;
}

/* pid 0 (WNOHANG, no news): all zeros. 0 or -EFAULT. */
static int fill_waitid_info(const struct wait_result *res, int pid, void __user *uinfo)
{
	struct kernel_siginfo info = { 0 };

	if (pid > 0) {
		info.si_signo = SIGCHLD;
		info.si_code = res->code;
		info.pid = res->pid;
		/* Not the packed status of wait4(): the exit code or the signal's number. */
		if (res->code == CLD_EXITED || res->code == CLD_STOPPED)
			info.status = res->status >> 8 & 0xff;
		else
			info.status = res->code == CLD_CONTINUED ? SIGCONT : res->status & 0x7f;
	}
	return copy_siginfo_to_user(uinfo, &info);
}

/*
 * A pidfd stands for the number that its process has until we have waited for it. Nobody else
 * can do that if it is our child, so the number stays good; if it is not, there is no child.
 */
static int pidfd_number(int fd, struct wait_opts *wo)
{
	struct task_struct *t, *leader;
	int err = fd < 0 ? -EINVAL : pidfd_lookup(fd, &t);

	if (err)
		return err == -ESRCH ? -ECHILD : err;
	wo->type = P_PID;
	spin_lock_irq(&tasklist_lock);
	leader = process_leader(t->signal);
	wo->id = leader ? task_pid_nr_ns(leader, current->pid_ns) : 0;
	spin_unlock_irq(&tasklist_lock);
	put_task_struct(t);
	return wo->id ? 0 : -ECHILD;
}

long sys_waitid(long which, long id, void __user *uinfo, long options, struct rusage __user *uru)
{
	struct wait_opts wo = {
		.type = (int)which, .id = (pid_t)id, .options = (int)options, .usage = uru,
	};
	struct wait_result res;
	int ret;

	if (wo.options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			   (int)__WCLONE | __WALL) ||
	    !(wo.options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	if (wo.type == P_PIDFD) {
		ret = pidfd_number((int)id, &wo);
		if (ret)
			return ret;
	}
	if (wo.type != P_ALL && wo.type != P_PID && wo.type != P_PGID)
		return -EINVAL;
	if (wo.type == P_PID && wo.id <= 0)
		return -EINVAL;
	if (wo.type == P_PGID && wo.id < 0)
		return -EINVAL;
	ret = do_wait(&wo, &res);
	if (ret < 0)
		return ret;
	if (ret > 0 && uru && copy_to_user(uru, &res.ru, sizeof(res.ru)))
		return -EFAULT;
	return uinfo ? fill_waitid_info(&res, ret, uinfo) : 0;
}

long sys_getrusage(long who, struct rusage __user *uru)
{
	struct rusage r;

	if ((int)who != RUSAGE_SELF && (int)who != RUSAGE_CHILDREN && (int)who != RUSAGE_THREAD)
		return -EINVAL;
	getrusage_of(current, (int)who, &r);
	return copy_to_user(uru, &r, sizeof(r)) ? -EFAULT : 0;
}
