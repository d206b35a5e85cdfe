/* SPDX-License-Identifier: MIT */
/*
 * timer_create(2) and the calls on such timers: a signal after a time, once or again and again.
 *
 * A timer belongs to the process; execve() and the end of the process delete it. While its
 * signal still waits to be taken, further expirations are counted as overruns.
 *
 * Locks: a list under sighand->siglock. Who works on a timer holds it by its busy bit, under which
 * it stays on the list, for its number must not become another one's; the next one waits. To delete
 * a timer it is taken off the list as well, and only then cancelled and freed.
 *
 * Linux: kernel/time/posix-timers.c. Differs: no timers on processor time (EINVAL), at most
 * MAX_TIMERS a process.
 */
#include <asm/uaccess.h>
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/signal.h"
#include "kernel/time_syscalls.h"
#include "mm/slab.h"

#define MAX_TIMERS	64
#define MIN_INTERVAL	(100 * NSEC_PER_USEC)	/* or a program drowns its hart in interrupts */
#define TIMER_ABSTIME	1

enum { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID = 4 };

/* As the C library passes it. */
struct user_sigevent {
	u64 value;
	int signo, notify, tid;
	char pad[44];
};

struct __kernel_itimerspec { struct __kernel_timespec it_interval, it_value; };

struct k_itimer {
	struct list_head list;		/* (S) signal_struct.posix_timers */
	struct hrtimer timer;
	struct signal_struct *signal;	/* whose it is: lives as long as the timer */
	struct task_struct *thread;	/* SIGEV_THREAD_ID: counted; else NULL */
	int id, clock, signo, notify;
	u64 value;			/* sigev_value, handed through */
	u64 interval;			/* ns */
	unsigned int overrun;		/* (S) expirations that found the signal pending */
	bool busy;			/* (S) a thread works on it */
};

/* ---- expiring ---- */

/* The timer's own signal, if that still waits to be taken. => siglock held. */
static struct sigqueue *own_signal(const struct k_itimer *t, const struct sigpending *pending)
{
	struct sigqueue *q;

	list_for_each_entry(q, &pending->list, list) {
		if (q->info.timer && q->info.si_signo == t->signo && q->info.pid == t->id &&
		    q->info.value == t->value)
			return q;
	}
	return NULL;
}

/* Its last signal still waits: one more overrun, which it tells. => tasklist_lock, irqs off. */
static bool overran(struct k_itimer *t, struct task_struct *p, const struct sigpending *pending)
{
	struct sigqueue *q;

	spin_lock(&p->sighand->siglock);
	q = own_signal(t, pending);
	t->overrun = q ? t->overrun + 1 : 0;
	if (q)
		q->info.uid = t->overrun;	/* si_overrun */
	spin_unlock(&p->sighand->siglock);
	return q;
}

/* One more signal, or one more overrun. => tasklist_lock held, irqs off. */
static void notify(struct k_itimer *t)
{
	struct task_struct *p = t->thread;
	struct kernel_siginfo info = {
		.si_signo = t->signo, .si_code = SI_TIMER, .pid = t->id, .value = t->value,
		.timer = true,
	};

	if (!p)
		p = list_first_entry_or_null(&t->signal->thread_head, struct task_struct,
					     thread_node);
	if (!p || t->notify == SIGEV_NONE)
		return;
	if (!overran(t, p, t->thread ? &p->pending : &t->signal->shared_pending))
		(void)send_sig_info(t->signo, &info, p, !t->thread);
}

/* Timer interrupt. The timer cannot vanish: free_timer() waits for us. */
static enum hrtimer_restart posix_timer_expired(struct hrtimer *h)
{
	struct k_itimer *t = container_of(h, struct k_itimer, timer);
	u64 interval = READ_ONCE(t->interval), now;

	spin_lock(&tasklist_lock);
	notify(t);
	spin_unlock(&tasklist_lock);
	if (!interval)
		return HRTIMER_NORESTART;
	now = ktime_get();
	h->next = READ_ONCE(h->expires) + max(interval, (u64)MIN_INTERVAL);
	if (h->next <= now)
		h->next = now + max(interval, (u64)MIN_INTERVAL);
	return HRTIMER_RESTART;
}

/* ---- life ---- */

/* Off the list already. May wait for the callback on another hart. */
static void free_timer(struct k_itimer *t)
{
	(void)hrtimer_cancel(&t->timer);
	if (t->thread)
		put_task_struct(t->thread);
	kfree(t);
}

/* => siglock held. */
static struct k_itimer *find_timer(int id)
{
	struct k_itimer *t;

	list_for_each_entry(t, &current->signal->posix_timers, list) {
		if (t->id == id)
			return t;
	}
	return NULL;
}

/* By id, for this thread alone until put_timer(); NULL: there is none. */
static struct k_itimer *get_timer(int id)
{
	struct k_itimer *t;
	bool wait;

	do {
		spin_lock_irq(&current->sighand->siglock);
		t = find_timer(id);
		wait = t && t->busy;
		if (t)
			t->busy = true;
		spin_unlock_irq(&current->sighand->siglock);
		if (wait)
			yield();	/* who has it does not sleep */
	} while (wait);
	return t;
}

static void put_timer(struct k_itimer *t)
{
	spin_lock_irq(&current->sighand->siglock);
	t->busy = false;
	spin_unlock_irq(&current->sighand->siglock);
}

/* The caller has it from get_timer(). */
static void delete_timer(struct k_itimer *t)
{
	spin_lock_irq(&current->sighand->siglock);
	list_del(&t->list);
	spin_unlock_irq(&current->sighand->siglock);
	free_timer(t);
}

/* The caller is the last thread, or the only one: nobody makes or deletes timers meanwhile. */
void posix_timers_exit(struct signal_struct *sig)
{
	struct k_itimer *t;

	while (unlikely(!list_empty(&sig->posix_timers))) {
		t = list_first_entry(&sig->posix_timers, struct k_itimer, list);
		list_del(&t->list);
		free_timer(t);
	}
}

/* The smallest unused id, which is the value too if there is no other; -EAGAIN: too many. */
static int add_timer(struct k_itimer *new, bool value_is_id, int *id)
{
	struct k_itimer *t;
	u64 used = 0;

	BUILD_BUG_ON(MAX_TIMERS > 64);
	spin_lock_irq(&current->sighand->siglock);
	list_for_each_entry(t, &current->signal->posix_timers, list)
		used |= 1UL << t->id;
	new->id = *id = ~used ? __builtin_ctzl(~used) : -1;
	if (value_is_id)
		new->value = new->id;
	if (*id >= 0)
		list_add_tail(&new->list, &current->signal->posix_timers);
	spin_unlock_irq(&current->sighand->siglock);
	return *id < 0 ? -EAGAIN : 0;
}

/* ---- system calls ---- */

static bool clock_has_timers(int clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME;
}

/* What is to happen, from the program's words. 0 or -EINVAL. */
static int set_event(struct k_itimer *t, const struct user_sigevent *ev)
{
	t->notify = ev->notify;
	t->signo = ev->signo;
	t->value = ev->value;
	if (ev->notify == SIGEV_NONE)
		return 0;
	if (ev->signo <= 0 || ev->signo > _NSIG)
		return -EINVAL;
	if (ev->notify == SIGEV_SIGNAL || ev->notify == SIGEV_THREAD)
		return 0;
	if (ev->notify != SIGEV_THREAD_ID)
		return -EINVAL;
	t->thread = find_get_task(ev->tid);
	return t->thread && t->thread->signal == current->signal ? 0 : -EINVAL;
}

/* Without a sigevent: SIGALRM, with the timer's id as its value. */
long sys_timer_create(long clock, const void __user *uevent, int __user *uid)
{
	struct user_sigevent ev = { .signo = SIGALRM, .notify = SIGEV_SIGNAL };
	struct k_itimer *t;
	int err, id = -1;

	if (!clock_has_timers((int)clock))
		return -EINVAL;
	if (uevent && copy_from_user(&ev, uevent, sizeof(ev)))
		return -EFAULT;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -EAGAIN;
	hrtimer_init(&t->timer, posix_timer_expired);
	t->signal = current->signal;
	t->clock = (int)clock;
	err = set_event(t, &ev);
	if (!err)
		err = add_timer(t, !uevent, &id);
	if (err) {
		free_timer(t);
		return err;
	}
	/* From here on another thread may delete it. */
	if (!put_user(id, uid))
		return 0;
	t = get_timer(id);
	if (t)
		delete_timer(t);
	return -EFAULT;
}

/* What is left until the next expiration, 0 if it is not armed, and the interval. */
static void read_timer(const struct k_itimer *t, struct __kernel_itimerspec *its)
{
	its->it_interval = ns_to_timespec(t->interval);
	its->it_value = ns_to_timespec(hrtimer_remaining(&t->timer));
}

/*
 * A time on the wall clock is translated once, now: setting the clock later moves no timer. What
 * has passed already expires at once.
 */
u64 timer_expiry(const struct __kernel_timespec *ts, int clock, bool absolute)
{
	u64 ns = timespec_to_ns(ts), ahead;

	if (!absolute)
		return ktime_add_timespec(ts);
	if (clock != CLOCK_REALTIME)
		return ns;
	ahead = ktime_real_offset();
	return ns > ahead ? ns - ahead : 1;
}

long sys_timer_settime(long id, long flags, const void __user *unew, void __user *uold)
{
	struct __kernel_itimerspec new, old;
	struct k_itimer *t;

	if (copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	if (!timespec_valid(&new.it_value) || !timespec_valid(&new.it_interval))
		return -EINVAL;
	t = get_timer((int)id);		/* nobody can delete it meanwhile */
	if (!t)
		return -EINVAL;
	read_timer(t, &old);
	(void)hrtimer_cancel(&t->timer);
	WRITE_ONCE(t->interval, timespec_to_ns(&new.it_interval));
	t->overrun = 0;
	if (new.it_value.tv_sec || new.it_value.tv_nsec)
		hrtimer_start(&t->timer, timer_expiry(&new.it_value, t->clock,
						      flags & TIMER_ABSTIME));
	put_timer(t);
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}

long sys_timer_gettime(long id, void __user *uvalue)
{
	struct __kernel_itimerspec its;
	struct k_itimer *t = get_timer((int)id);

	if (!t)
		return -EINVAL;
	read_timer(t, &its);
	put_timer(t);
	return copy_to_user(uvalue, &its, sizeof(its)) ? -EFAULT : 0;
}

/* How often it expired while its last signal was still waiting. */
long sys_timer_getoverrun(long id)
{
	struct k_itimer *t;
	long overrun = -EINVAL;

	spin_lock_irq(&current->sighand->siglock);
	t = find_timer((int)id);
	if (t)
		overrun = t->overrun;
	spin_unlock_irq(&current->sighand->siglock);
	return overrun;
}

/* A signal that it has sent already stays pending. */
long sys_timer_delete(long id)
{
	struct k_itimer *t = get_timer((int)id);

	if (!t)
		return -EINVAL;
	delete_timer(t);
	return 0;
}
