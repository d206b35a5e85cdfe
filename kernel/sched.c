/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: one run queue a hart, round robin.
 *
 * The task that runs on a hart (rq->curr) is not in the queue's list but has
 * on_rq set. A task leaves by schedule() with a state other than TASK_RUNNING
 * and comes back by wake_up_state(). A hart with nothing to do takes a task
 * from the longest queue, then idles with wfi.
 *
 * A task that may no longer run on its hart (set_cpus_allowed()) leaves the same
 * way, but runnable: when the switch away from it is over, finish_task_switch()
 * queues it where it may run.
 *
 * There is no kernel preemption: TIF_NEED_RESCHED is looked at on the way back
 * to user mode and in cond_resched().
 *
 * Locks: task->pi_lock serializes wake-ups of one task; rq->lock guards queue,
 * on_rq and on_cpu; order pi_lock -> rq->lock. The run-queue lock is taken by
 * the task that leaves and released by the one that comes. So whoever holds it
 * sees on_cpu set for nobody but curr. cpus_mask changes under both locks.
 *
 * Linux: kernel/sched/core.c, fair.c. Differs: equal slices in turn instead of
 * virtual run time; nice is kept but has no weight.
 */
#include <asm/barrier.h>
#include <asm/mmu_context.h>
#include <asm/uaccess.h>
#include "kernel/exit.h"
#include "kernel/printk.h"
#include "kernel/rq.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/trace/trace.h"
#include "lib/errno.h"
#include "mm/mm.h"

struct rq runqueues[CONFIG_NR_CPUS];
cpumask_t idle_mask;			/* harts that run their idle task */

static struct rq *this_rq(void)
{
	return &runqueues[smp_processor_id()];
}

static bool may_run_on(const struct task_struct *p, unsigned int cpu)
{
	return p->cpus_mask & 1UL << cpu;
}

/* Make the hart look at its queue soon. => rq->lock held, so curr cannot end. */
static void resched_cpu(unsigned int cpu)
{
	struct task_struct *curr = runqueues[cpu].curr;

	if (test_tsk_thread_flag(curr, TIF_NEED_RESCHED))
		return;
	set_tsk_thread_flag(curr, TIF_NEED_RESCHED);
	if (cpu != smp_processor_id())
		smp_send_reschedule(cpu);
}

/* => rq->lock held. */
static void enqueue_task(struct rq *rq, struct task_struct *p)
{
	p->on_rq = 1;
	p->cpu = rq->cpu;
	p->thread_info.cpu = rq->cpu;
	list_add_tail(&p->run_node, &rq->queue);
	rq->nr_queued++;
}

static void dequeue_task(struct rq *rq, struct task_struct *p)
{
	list_del_init(&p->run_node);
	rq->nr_queued--;
}

/*
 * Should the task just queued run before curr's slice is over? If curr is idle
 * of course, else once curr has had a tick: a task that wakes often (an editor)
 * need not wait long for one that computes, nor does the latter run in crumbs.
 */
static void check_preempt(struct rq *rq)
{
	if (rq->curr == rq->idle || rq->curr->time_slice < TIME_SLICE)
		resched_cpu(rq->cpu);
}

/* ---- choosing a hart ---- */

/* The hart it ran on last (its cache is warm) if that is idle, any idle one, else the old one. */
static unsigned int select_cpu(const struct task_struct *p)
{
	cpumask_t allowed = p->cpus_mask & cpu_online_mask;
	cpumask_t idle = READ_ONCE(idle_mask) & allowed;
	unsigned int cpu, best = p->cpu;

	if (nr_cpu_ids == 1 || idle & (1UL << best))
		return best;
	if (idle)
		return __ffs(idle);
	if (allowed & (1UL << best))
		return best;
	if (!allowed)
		return 0;		/* its harts are not online: anywhere */
	best = __ffs(allowed);
	for_each_cpu(cpu, allowed) {
		if (runqueues[cpu].nr_queued < runqueues[best].nr_queued)
			best = cpu;
	}
	return best;
}

/* Idle: take one waiting task from the longest other queue. => this rq's lock held. */
static struct task_struct *steal_task(struct rq *rq)
{
	struct rq *busiest = NULL;
	struct task_struct *p, *found = NULL;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		struct rq *other = &runqueues[cpu];

		if (other != rq && READ_ONCE(other->nr_queued) &&
		    (!busiest || other->nr_queued > busiest->nr_queued))
			busiest = other;
	}
	/* Only tried: two idle harts that rob each other must not deadlock. */
	if (!busiest || !spin_trylock(&busiest->lock))
		return NULL;
	list_for_each_entry(p, &busiest->queue, run_node) {
		if (may_run_on(p, rq->cpu)) {
			found = p;
			break;
		}
	}
	if (found) {
		dequeue_task(busiest, found);
		found->cpu = rq->cpu;
		found->thread_info.cpu = rq->cpu;
	}
	spin_unlock(&busiest->lock);
	return found;
}

/* => rq->lock held. The chosen task is off the list. */
static struct task_struct *pick_next_task(struct rq *rq)
{
	struct task_struct *p = list_first_entry_or_null(&rq->queue, struct task_struct, run_node);

	if (p) {
		dequeue_task(rq, p);
		return p;
	}
	if (nr_cpu_ids > 1) {
		p = steal_task(rq);
		if (p)
			return p;
	}
	return rq->idle;
}

/* ---- the switch ---- */

/*
 * A task without an address space of its own (kernel thread, idle) borrows the
 * one it finds, with a reference on the mm_struct: the tables must outlive it.
 */
static void switch_address_space(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	struct mm_struct *old = prev->active_mm;

	if (next->mm) {
		if (old != next->mm)
			switch_mm(old, next->mm);
	} else {
		next->active_mm = old;
		if (prev->mm)
			mmgrab(old);	/* else prev's reference goes over to next */
	}
	if (!prev->mm) {
		prev->active_mm = NULL;
		if (next->mm)
			rq->drop_mm = old;	/* on the other side: it may free the tables */
	}
}

static void queue_on(struct task_struct *p, unsigned int cpu)
{
	struct rq *rq = &runqueues[cpu];

	spin_lock(&rq->lock);
	enqueue_task(rq, p);
	check_preempt(rq);
	spin_unlock(&rq->lock);
}

/* p was not allowed to stay on its hart and has been switched out. => irqs off. */
static noinline void move_task(struct task_struct *p)
{
	spin_lock(&p->pi_lock);
	queue_on(p, select_cpu(p));
	spin_unlock(&p->pi_lock);
}

/* First thing on the new stack: prev is fully switched out. => rq->lock held, irqs off. */
static void finish_task_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	struct mm_struct *mm = rq->drop_mm;
	/* Looked at under the lock: after it, a waker may make prev anything. */
	bool dead = prev->state == TASK_DEAD;
	bool homeless = prev->state == TASK_RUNNING && !prev->on_rq;

	rq->drop_mm = NULL;
	smp_store_release(&prev->on_cpu, 0);	/* wake_up_state() waits for this */
	__spin_unlock(&rq->lock);
	if (unlikely(homeless))
		move_task(prev);
	fp_restore(current);
	local_irq_enable();
	if (mm)
		mmdrop(mm);
	if (unlikely(dead))
		put_task_struct(prev);
}

void schedule_tail(struct task_struct *prev)
{
	int __user *tid = current->set_child_tid;

	finish_task_switch(prev);
	/* CLONE_CHILD_SETTID: in the child's memory, so only the child itself can write it. */
	if (tid && put_user(current->vpid, tid))
		current->set_child_tid = NULL;	/* a bad pointer is the program's loss */
}

static void context_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	u64 now = ktime_get();

	prev->sum_exec += now - prev->sched_stamp;
	if (prev == rq->idle) {
		rq->idle_ns += now - prev->sched_stamp;
		clear_bit(rq->cpu, &idle_mask);
	} else if (next == rq->idle) {
		set_bit(rq->cpu, &idle_mask);
	}
	next->sched_stamp = now;
	trace_sched_switch(prev, next);
	rq->nr_switches++;
	rq->curr = next;
	next->on_cpu = 1;
	next->time_slice = TIME_SLICE;
	fp_save(prev);
	switch_address_space(rq, prev, next);
	/* The lock goes over to next: its record goes with prev, see finish_task_switch(). */
	if (CONFIG_LOCK_RANK)
		lock_rank_release(&rq->lock, RANK_RQ, "rq->lock");
	finish_task_switch(__switch_to(prev, next));
}

/* Take prev out of the running if it wants to sleep or must move. => rq->lock held. */
static void leave_queue(struct rq *rq, struct task_struct *prev)
{
	if (prev->state == TASK_RUNNING) {
		if (unlikely(!may_run_on(prev, rq->cpu)))
			prev->on_rq = 0;
	} else if (signal_pending_state(prev->state, prev)) {
		prev->state = TASK_RUNNING;
	} else {
		prev->on_rq = 0;
		prev->nvcsw++;
	}
}

static __no_lock_check void __schedule(void)
{
	struct task_struct *prev = current, *next;
	struct rq *rq;

	local_irq_disable();
	rq = this_rq();
	spin_lock(&rq->lock);
	clear_tsk_thread_flag(prev, TIF_NEED_RESCHED);
	leave_queue(rq, prev);
	if (prev->on_rq && prev != rq->idle) {
		if (list_empty(&rq->queue)) {	/* nobody else: stay */
			prev->time_slice = TIME_SLICE;
			spin_unlock_irq(&rq->lock);
			return;
		}
		enqueue_task(rq, prev);
		prev->nivcsw++;
	}
	next = pick_next_task(rq);
	if (next == prev)		/* idle goes on idling */
		spin_unlock_irq(&rq->lock);
	else
		context_switch(rq, prev, next);
}

void schedule(void)
{
	might_sleep();
	if (CONFIG_DEBUG_VM && current->state != TASK_RUNNING)
		current->wchan = __builtin_return_address(0);
	__schedule();
}

void schedule_dead(void)
{
	set_special_state(TASK_DEAD);
	__schedule();
	panic("a dead task was scheduled");
}

void yield(void)
{
	__set_current_state(TASK_RUNNING);
	schedule();
}

void __cond_resched(void)
{
	schedule();
}

void io_schedule(void)
{
	struct rq *rq = this_rq();

	atomic_inc(&rq->nr_iowait);
	schedule();
	atomic_dec(&rq->nr_iowait);
}

long io_schedule_timeout(long timeout)
{
	struct rq *rq = this_rq();

	atomic_inc(&rq->nr_iowait);
	timeout = schedule_timeout(timeout);
	atomic_dec(&rq->nr_iowait);
	return timeout;
}

/* ---- waking ---- */

__no_lock_check struct rq *lock_task_rq(const struct task_struct *p)
{
	for (;;) {
		struct rq *rq = &runqueues[READ_ONCE(p->cpu)];

		spin_lock(&rq->lock);
		if (likely(rq->cpu == p->cpu))
			return rq;
		spin_unlock(&rq->lock);	/* it moved to another hart meanwhile */
	}
}

/* If p is still queued or running, only its state needs to go back. true if so. */
static __no_lock_check bool wake_up_queued(struct task_struct *p)
{
	struct rq *rq = lock_task_rq(p);
	bool queued = p->on_rq;

	if (queued)
		p->state = TASK_RUNNING;
	spin_unlock(&rq->lock);
	return queued;
}

int wake_up_state(struct task_struct *p, unsigned int state)
{
	unsigned long flags;
	int woken = 0;

	spin_lock_irqsave(&p->pi_lock, flags);
	/* Pairs with set_current_state(): the condition was stored before p's state is read. */
	smp_mb();
	if (!(READ_ONCE(p->state) & state))
		goto out;
	woken = 1;
	/*
	 * on_rq was set when p last became runnable, before it stored the state just
	 * read. So 0 here, without the lock, can only mean that p has left since.
	 */
	smp_rmb();
	if (READ_ONCE(p->on_rq) && wake_up_queued(p))
		goto out;
	/* It left its queue but may still be on its stack: wait until the switch is over. */
	while (smp_load_acquire(&p->on_cpu))
		cpu_relax();
	p->state = TASK_RUNNING;
	queue_on(p, select_cpu(p));
out:
	if (woken)
		trace_sched_wakeup(p);
	spin_unlock_irqrestore(&p->pi_lock, flags);
	return woken;
}

void set_special_state(unsigned int state)
{
	unsigned long flags;

	spin_lock_irqsave(&current->pi_lock, flags);
	current->state = state;
	spin_unlock_irqrestore(&current->pi_lock, flags);
}

int wake_up_process(struct task_struct *p)
{
	return wake_up_state(p, TASK_NORMAL);
}

void wake_up_new_task(struct task_struct *p)
{
	unsigned long flags;

	spin_lock_irqsave(&p->pi_lock, flags);
	p->state = TASK_RUNNING;
	queue_on(p, select_cpu(p));
	spin_unlock_irqrestore(&p->pi_lock, flags);
}

bool signal_pending_state(unsigned int state, struct task_struct *p)
{
	if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) || !signal_pending(p))
		return false;
	return state & TASK_INTERRUPTIBLE || fatal_signal_pending(p);
}

__no_lock_check int set_cpus_allowed(struct task_struct *p, cpumask_t mask)
{
	unsigned long flags;
	bool move = false;
	struct rq *rq;

	if (!(mask & cpu_online_mask))
		return -EINVAL;
	spin_lock_irqsave(&p->pi_lock, flags);
	rq = lock_task_rq(p);
	p->cpus_mask = mask;
	if (p->on_rq && !may_run_on(p, rq->cpu)) {
		if (p == rq->curr) {
			resched_cpu(rq->cpu);	/* it leaves by itself: leave_queue() */
		} else {
			dequeue_task(rq, p);
			move = true;
		}
	}
	spin_unlock(&rq->lock);
	if (move)
		queue_on(p, select_cpu(p));
	spin_unlock_irqrestore(&p->pi_lock, flags);
	if (p == current)
		cond_resched();		/* on an allowed hart when we return */
	return 0;
}

/* ---- idle ---- */

#define IDLE_POLL_NSEC	(200 * NSEC_PER_USEC)

/* Is a task waiting on any queue? A hint, without locks: worth trying to steal. */
static bool work_somewhere(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		if (READ_ONCE(runqueues[cpu].nr_queued))
			return true;
	}
	return false;
}

/*
 * A task of this hart waits for a disk: the answer often comes sooner than a
 * sleeping hart wakes, so look for a moment before wfi (Linux: haltpoll).
 */
static void idle_poll(struct rq *rq)
{
	u64 end = ktime_get() + IDLE_POLL_NSEC;

	while (!need_resched() && !READ_ONCE(rq->nr_queued) && ktime_get() < end)
		cpu_relax();
}

void cpu_idle(void)
{
	struct rq *rq = this_rq();

	set_bit(rq->cpu, &idle_mask);
	local_irq_enable();
	for (;;) {
		if (atomic_read(&rq->nr_iowait))
			idle_poll(rq);
		local_irq_disable();
		if (!need_resched() && !READ_ONCE(rq->nr_queued))
			wait_for_interrupt();	/* wakes on a pending interrupt even with SIE off */
		local_irq_enable();
		if (need_resched() || work_somewhere())
			__schedule();
	}
}
