/* SPDX-License-Identifier: MIT */
/*
 * Wait queues and completions: sleep until a condition holds.
 *
 * Linux: include/linux/wait.h, completion.h, swait. Differs: entries with a
 * callback only where poll needs it.
 */
#pragma once
#include "kernel/lock/spinlock.h"
#include "lib/list.h"

struct task_struct;
struct wait_queue_entry;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *wq, unsigned int mode, void *key);

#define WQ_FLAG_EXCLUSIVE 1
struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
struct wait_queue_entry {
	unsigned int flags;
	void *private;			/* the sleeping task */
	wait_queue_func_t func;		/* default_wake_function, autoremove_..., poll's own */
	struct list_head entry;
};

#define WAIT_QUEUE_HEAD_INIT(n) \
	{ .lock = SPIN_LOCK_INIT(RANK_WAITQ, #n), .head = LIST_HEAD_INIT((n).head) }
#define DECLARE_WAIT_QUEUE_HEAD(n) struct wait_queue_head n = WAIT_QUEUE_HEAD_INIT(n)
#define DEFINE_WAIT(n) struct wait_queue_entry n = { .private = current, \
	.func = autoremove_wake_function, .entry = LIST_HEAD_INIT((n).entry) }

/* init_waitqueue_head() - an empty queue. */
void init_waitqueue_head(struct wait_queue_head *wq);
/* add_wait_queue() - enter e, whose func is called at each wake-up, until remove_wait_queue(). */
void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *e);
void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *e);
/*
 * prepare_to_wait() - queue the entry and set the task state; then test the condition; then
 * schedule(). In a loop: a woken entry is off the queue and gets queued again.
 */
void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *e, unsigned int state);
/* prepare_to_wait_exclusive() - at the end of the queue: one wake-up wakes only one such entry. */
void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *e,
			       unsigned int state);
/* finish_wait() - the end of waiting: state TASK_RUNNING, entry off the queue. */
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *e);
/* Wake functions, called under the queue's lock: nonzero if the task was asleep in `mode`. */
int default_wake_function(struct wait_queue_entry *e, unsigned int mode, void *key);
int autoremove_wake_function(struct wait_queue_entry *e, unsigned int mode, void *key);
/*
 * __wake_up() - wake all non-exclusive sleepers and nr exclusive ones (0: all) whose state is in
 * mode. key is for the wake functions (poll: the events). Any context.
 */
void __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr, void *key);
/* waitqueue_active() - without the lock: the caller has a full barrier between change and look. */
static inline bool waitqueue_active(struct wait_queue_head *wq) { return !list_empty(&wq->head); }
#define wake_up(wq)			__wake_up(wq, TASK_NORMAL, 1, NULL)
#define wake_up_all(wq)			__wake_up(wq, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(wq)	__wake_up(wq, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_poll(wq, m)		__wake_up(wq, TASK_NORMAL, 1, (void *)(unsigned long)(m))

/*
 * wait_event*() - sleep until cond is true. cond is evaluated again after each
 * wake-up. _interruptible: -ERESTARTSYS on a signal; _killable on a fatal one;
 * _timeout: jiffies left (at least 1) or 0.
 */
#define ___wait_event(wq, cond, state, ret, cmd)				\
({										\
	DEFINE_WAIT(__w);							\
	long __ret = (ret);							\
	for (;;) {								\
		prepare_to_wait(&(wq), &__w, state);				\
		if (cond)							\
			break;							\
		if (signal_pending_state(state, current)) {			\
			__ret = -ERESTARTSYS;					\
			break;							\
		}								\
		cmd;								\
	}									\
	finish_wait(&(wq), &__w);						\
	__ret;									\
})
#define wait_event(wq, cond) \
	do {								\
		if (!(cond))						\
			(void)___wait_event(wq, cond, TASK_UNINTERRUPTIBLE, 0, schedule()); \
	} while (0)
#define wait_event_interruptible(wq, cond) \
	((cond) ? 0 : (int)___wait_event(wq, cond, TASK_INTERRUPTIBLE, 0, schedule()))
#define wait_event_killable(wq, cond) \
	((cond) ? 0 : (int)___wait_event(wq, cond, TASK_KILLABLE, 0, schedule()))
#define wait_event_timeout(wq, cond, timeout)					\
({										\
	long __t = (timeout);							\
	bool __done = false;							\
	if (!(cond))								\
		(void)___wait_event(wq, (__done = (cond)) || !__t,		\
				    TASK_UNINTERRUPTIBLE, 0, __t = schedule_timeout(__t)); \
	else									\
		__done = true;							\
	__done ? (__t ? __t : 1) : 0;						\
})

/* One task tells another that something is done; the structure may be on the waiter's stack. */
struct completion {
	unsigned int done;
	struct wait_queue_head wait;
};
/* init_completion() - nothing is done yet. */
void init_completion(struct completion *c);
void complete(struct completion *c);		/* lets one waiter pass; any context */
void complete_all(struct completion *c);	/* lets all pass, for good; any context */
/* wait_for_completion() - sleep until complete(). _killable: 0 or -ERESTARTSYS. */
void wait_for_completion(struct completion *c);
int __must_check wait_for_completion_killable(struct completion *c);
