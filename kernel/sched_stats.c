/* SPDX-License-Identifier: MIT */
/*
 * What the scheduler tells others: the tick's accounting, load averages,
 * times for /proc/stat; and the start of run queues and idle tasks.
 *
 * Locks: rq->lock for the exact times; the other numbers are written by their own
 * hart and read without a lock.
 *
 * Linux: kernel/sched/{cputime,loadavg,stats}.c.
 */
#include "kernel/printk.h"
#include "kernel/rq.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define FSHIFT		11
#define FIXED_1		(1UL << FSHIFT)
#define LOAD_PERIOD	(5 * HZ)

/* FIXED_1 / exp(5 s / 1, 5, 15 min) */
static const unsigned long load_exp[3] = { 1884, 2014, 2037 };
unsigned long avenrun[3];

/*
 * An exponential average: each five seconds what is going on now replaces a small part of
 * what was, 1/12 for the one-minute average. So 63 % of a change show after that time.
 */
static void calc_load(void)
{
	unsigned long active = nr_running() + nr_iowait();

	for (int i = 0; i < 3; i++)
		avenrun[i] = (avenrun[i] * load_exp[i] +
			      active * FIXED_1 * (FIXED_1 - load_exp[i])) >> FSHIFT;
}

/* A sample: the whole tick is booked on what the hart was doing at its end. */
void scheduler_tick(bool user)
{
	struct rq *rq = &runqueues[smp_processor_id()];
	struct task_struct *curr = current;

	if (curr == rq->idle) {
		if (atomic_read(&rq->nr_iowait))
			rq->iowait_ns += TICK_NSEC;
	} else if (user) {
		rq->user_ns += TICK_NSEC;
		curr->utime += TICK_NSEC;
	} else {
		rq->system_ns += TICK_NSEC;
		curr->stime += TICK_NSEC;
	}
	if (curr->time_slice > 0)
		curr->time_slice--;
	if (!curr->time_slice && (rq->nr_queued || !(curr->cpus_mask & (1UL << rq->cpu))))
		set_tsk_thread_flag(curr, TIF_NEED_RESCHED);
	if (unlikely(curr->signal->cpu_timers))
		run_cpu_timers();
	if (rq->cpu == 0 && jiffies % LOAD_PERIOD == 0)
		calc_load();
}

/* All the time it has run: under the lock, or a switch would be counted twice. */
static u64 exec_time(const struct rq *rq, const struct task_struct *t)
{
	return t->sum_exec + (rq->curr == t ? ktime_get() - t->sched_stamp : 0);
}

/*
 * The sum is exact; ticks only tell in which proportion it was user and system time. A task of
 * the kernel may run for years: a product of times would not fit.
 *
 * A tick moves the proportion, so one share could become less than it was. Programs subtract
 * such times; so each keeps at least what it had, and only what has come since is split.
 */
__no_lock_check void task_cputime(struct task_struct *t, u64 *utime, u64 *stime)
{
	u64 st = t->stime / TICK_NSEC, ticks = st + t->utime / TICK_NSEC, total;
	unsigned long flags;
	struct rq *rq;

	flags = local_irq_save();
	rq = lock_task_rq(t);
	total = exec_time(rq, t);
	if (total > t->prev_utime + t->prev_stime) {
		/* total * st / ticks, quotient and remainder apart. None yet: all is user's. */
		st = st ? total / ticks * st + total % ticks * st / ticks : 0;
		t->prev_stime = clamp(st, t->prev_stime, total - t->prev_utime);
		t->prev_utime = total - t->prev_stime;
	}
	*utime = t->prev_utime;
	*stime = t->prev_stime;
	spin_unlock(&rq->lock);
	local_irq_restore(flags);
}

/* A process that is dead as a whole has no threads any more: what they used stands in sig. */
void thread_group_cputime(const struct signal_struct *sig, u64 *utime, u64 *stime)
{
	struct task_struct *t;
	u64 u, s;

	*utime = sig->utime;
	*stime = sig->stime;
	list_for_each_entry(t, &sig->thread_head, thread_node) {
		task_cputime(t, &u, &s);
		*utime += u;
		*stime += s;
	}
}

/* Idle time is exact, with the current spell: a hart that sleeps has no ticks to count. */
void get_cpu_times(unsigned int cpu, struct cpu_times *t)
{
	struct rq *rq = &runqueues[cpu];
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	*t = (struct cpu_times){ .user = rq->user_ns, .system = rq->system_ns,
				 .idle = rq->idle_ns, .iowait = rq->iowait_ns };
	if (rq->curr == rq->idle)
		t->idle += ktime_get() - rq->idle->sched_stamp;
	spin_unlock_irqrestore(&rq->lock, flags);
	t->idle -= t->iowait < t->idle ? t->iowait : t->idle;
}

/* Those that wait for a hart, and those that have one; the reader of /proc/loadavg is one. */
unsigned long nr_running(void)
{
	unsigned long n = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		n += runqueues[cpu].nr_queued + (runqueues[cpu].curr != runqueues[cpu].idle);
	return n;
}

unsigned long nr_iowait(void)
{
	unsigned long n = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		n += atomic_read(&runqueues[cpu].nr_iowait);
	return n;
}

/* Since boot, on all harts: a read without locks may miss the latest few. */
u64 nr_context_switches(void)
{
	u64 n = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		n += runqueues[cpu].nr_switches;
	return n;
}

struct task_struct *idle_task(unsigned int cpu)
{
	return runqueues[cpu].idle;
}

void sched_init(void)
{
	for (unsigned int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
		struct rq *rq = &runqueues[cpu];

		spin_lock_init(&rq->lock, RANK_RQ, "rq->lock");
		INIT_LIST_HEAD(&rq->queue);
		rq->cpu = cpu;
	}
	init_idle(&init_task, 0);
}

void init_idle(struct task_struct *idle, unsigned int cpu)
{
	struct rq *rq = &runqueues[cpu];

	idle->cpu = cpu;
	idle->thread_info.cpu = cpu;
	idle->cpus_mask = 1UL << cpu;
	idle->state = TASK_RUNNING;
	idle->on_rq = 1;
	idle->on_cpu = 1;
	idle->sched_stamp = ktime_get();
	scnprintf(idle->comm, sizeof(idle->comm), "swapper/%u", cpu);
	rq->idle = idle;
	rq->curr = idle;
}

/*
 * A copy of init_task with its own stack; never forked, never ends. It runs when the hart's
 * queue is empty, and is not in any list of tasks.
 */
static struct task_struct *make_idle_task(unsigned int cpu)
{
	struct task_struct *t = kmalloc(sizeof(*t), GFP_KERNEL);
	void *stack = vmap_stack_alloc();

	BUG_ON(!t || !stack);
	memcpy(t, &init_task, sizeof(*t));
	t->stack = stack;
	t->thread_info.kernel_sp = (unsigned long)stack + THREAD_SIZE;
	t->thread_info.flags = 0;
	t->thread.fp_cpu = -1;
	t->sum_exec = t->utime = t->stime = 0;
	t->lock_depth = 0;
	spin_lock_init(&t->pi_lock, RANK_PI, "idle->pi_lock");
	INIT_LIST_HEAD(&t->run_node);
	t->active_mm = &init_mm;
	mmgrab(&init_mm);
	return t;
}

void idle_threads_init(void)
{
	for (unsigned int cpu = 1; cpu < nr_cpu_ids; cpu++)
		init_idle(make_idle_task(cpu), cpu);
}
