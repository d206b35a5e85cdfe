/* SPDX-License-Identifier: MIT */
/*
 * Tasks and the scheduler's interface.
 *
 * task_struct starts with thread_info, so that tp (current) serves the trap
 * entry as well. Letters: (T) tasklist_lock, (S) sighand->siglock, (R) run
 * queue lock, (F) files->lock, (own) only the task itself writes.
 *
 * Linux: include/linux/sched.h, sched/signal.h.
 */
#pragma once
#include <asm/atomic.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include "kernel/lock/mutex.h"
#include "kernel/pid_types.h"
#include "kernel/lock/rwsem.h"
#include "kernel/signal_types.h"
#include "kernel/time.h"
#include "kernel/uapi/resource.h"
#include "kernel/wait.h"
#include "lib/list.h"
#include "lib/rbtree.h"
#include "mm/mempolicy.h"

struct mm_struct;
struct file;
struct path;
struct nsproxy;

/* task_struct.state */
#define TASK_RUNNING		0x00
#define TASK_INTERRUPTIBLE	0x01
#define TASK_UNINTERRUPTIBLE	0x02
#define __TASK_STOPPED		0x04
#define TASK_WAKEKILL		0x100	/* fatal signals wake it */
#define TASK_NEW		0x800
#define TASK_DEAD		0x80
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_STOPPED		(TASK_WAKEKILL | __TASK_STOPPED)
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
/* task_struct.exit_state */
#define EXIT_DEAD		0x10
#define EXIT_ZOMBIE		0x20

/* task_struct.flags */
#define PF_EXITING	0x00000004
#define PF_WQ_WORKER	0x00000020
#define PF_FORKNOEXEC	0x00000040
#define PF_MEMALLOC	0x00000800	/* frees memory: may use the reserves, must not reclaim */
#define PF_SIGNALED	0x00000400
#define PF_KSWAPD	0x00020000
#define PF_KTHREAD	0x00200000
#define PF_OOM_ORIGIN	0x00080000	/* swapoff: kill me first */

/* task_struct.prctl: what prctl(2) keeps and tells */
#define PRCTL_NO_NEW_PRIVS	1
#define PRCTL_THP_DISABLE	2
#define PRCTL_KEEPCAPS		4	/* these two until execve */
#define PRCTL_NOT_DUMPABLE	8
#define PRCTL_OVER_EXEC		(PRCTL_NO_NEW_PRIVS | PRCTL_THP_DISABLE)

#define TIME_SLICE	3		/* ticks, before another runnable task has its turn */
#define TASK_COMM_LEN	16
#define MAX_LOCK_DEPTH	16

struct nsproxy;
struct pid_namespace;

/* All threads of a process share one. Counted by the threads. */
struct signal_struct {
	atomic_t refcount;
	int nr_threads;				/* (T) */
	struct list_head thread_head;		/* (T) task_struct.thread_node */
	struct sigpending shared_pending;	/* (S) signals to the process */
	struct wait_queue_head wait_chldexit;	/* wait4() sleeps here */
	struct wait_queue_head wait_pidfd;	/* poll() of a pidfd */
	int group_exit_code;			/* (S) */
	bool group_exit;			/* (S) exit_group() or fatal signal under way */
	int group_stop_count;			/* (S) threads still to stop */
	unsigned int stop_flags;		/* (S) SIGNAL_STOP_*, SIGNAL_CLD_* below */
	struct task_struct *group_exec_task; /* (S) its execve waits for the others to go */
	unsigned int group_signals;		/* (T) signals to process groups so far */
	pid_t pgrp, session;			/* (T) by their numbers in the first namespace */
	struct pid_numbers pgrp_numbers, session_numbers; /* (T) and in all others */
	bool leader;				/* session leader */
	struct tty_struct *tty;			/* (T) controlling terminal */
	struct rlimit rlim[RLIM_NLIMITS];	/* (T) */
	struct list_head posix_timers;		/* (S) timer_create(2) */
	struct hrtimer real_timer;		/* ITIMER_REAL */
	u64 it_real_incr;			/* ns */
	struct cpu_itimer { u64 expires, incr; } it[2]; /* (T) _VIRTUAL, _PROF: processor ns */
	bool cpu_timers;			/* (T) for the tick: it[] or RLIMIT_CPU is set */
	u64 utime, stime, cutime, cstime;	/* ns of dead threads; of waited-for children (T) */
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt; /* (T) */
	unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw;
	unsigned long inblock, oublock, cinblock, coublock;
	unsigned long maxrss, cmaxrss;		/* pages */
	short oom_score_adj, oom_score_adj_min;
	bool is_child_subreaper;
	bool unkillable;			/* init of a PID namespace: see signal.c */
};
#define SIGNAL_STOP_STOPPED	1	/* all threads have stopped */
#define SIGNAL_CLD_STOPPED	4	/* to be reported by wait4(WUNTRACED) */
#define SIGNAL_CLD_CONTINUED	8
#define SIGNAL_NOTIFY_CONT	16	/* the parent's SIGCHLD is still to be sent */

/* What signals do: shared by CLONE_SIGHAND. */
struct sighand_struct {
	atomic_t refcount;
	spinlock_t siglock;
	struct k_sigaction action[_NSIG];	/* (S) */
};

/* Open files: shared by CLONE_FILES. */
struct files_struct {
	atomic_t refcount;
	spinlock_t lock;			/* (F) */
	unsigned int max_fds;			/* (F) size of the arrays, a multiple of 64 */
	struct file **fd;			/* (F) */
	unsigned long *open_fds, *close_on_exec; /* (F) bitmaps */
	unsigned int next_fd;			/* (F) no free one below */
	struct file *fd_init[64];
	unsigned long open_init[1], cloexec_init[1];
};

/*
 * How an interrupted sleep goes on when no handler ran (-ERESTART_RESTARTBLOCK): the program
 * calls restart_syscall(2), which calls fn.
 */
struct restart_block {
	long (*fn)(struct restart_block *rb);	/* NULL: nothing to go on with */
	u64 until;				/* ns */
	void __user *uaddr;			/* nanosleep: rem; futex: the word */
	u32 val, bitset;			/* futex */
	bool private;				/* futex */
};

/*
 * In the order in which dup_task_struct() makes one: what each task gets of its own, what a child
 * inherits (TASK_INHERITED), what begins as zero (TASK_ZEROED), and the rest, of its own again.
 */
struct task_struct {
	struct thread_info thread_info;		/* first: tp points here */
	unsigned int state;			/* TASK_*; see set_current_state() */
	unsigned int flags;			/* PF_* (own) */
	int on_rq;				/* (R) queued or running */
	int on_cpu;				/* (R) running on a hart right now */
	struct list_head run_node;		/* (R) */
	spinlock_t pi_lock;			/* serializes wake-ups of this task */
	struct mm_struct *mm;			/* NULL: kernel thread */
	struct mm_struct *active_mm;		/* what satp holds */
	void *stack;				/* THREAD_SIZE bytes */
	atomic_t usage;				/* references to this struct */
	int exit_signal;
	int __user *set_child_tid, *clear_child_tid;
	u64 start_time;				/* ns since boot */

	/* TASK_INHERITED */
	unsigned int cpu;			/* hart it runs on or ran last */
	int nice;
	cpumask_t cpus_mask;			/* affinity */
	u8 policy, rt_priority;			/* rt: 1 to 99; 0 if not SCHED_FIFO or _RR */
	u16 prctl;				/* (own) PRCTL_* */
	unsigned int personality;		/* (own) what personality(2) was told */
	char comm[TASK_COMM_LEN];
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	struct files_struct *files;
	struct fs_struct *fs;
	struct nsproxy *nsproxy;
	struct pid_namespace *pid_ns;		/* its own, counted */
	sigset_t blocked;			/* (S) */
	unsigned long sas_ss_sp;		/* sigaltstack */
	size_t sas_ss_size;
	unsigned int sas_ss_flags;
	struct mempolicy mempolicy;		/* (own) on which nodes it wants memory */

	/* TASK_ZEROED */
	int time_slice;				/* ticks left */
	int exit_state, exit_code;
	pid_t pid, tgid;			/* (T) in the first PID namespace */
	pid_t vpid, vtgid;			/* (T) in its own, which it asks for */
	struct pid_numbers pids;		/* (T) in each */
	sigset_t real_blocked, saved_sigmask;	/* (S) */
	struct sigpending pending;		/* (S) signals to this thread */
	bool restore_sigmask;			/* saved_sigmask is to be put back */
	bool jobctl_stop;			/* (S) asked to stop */
	bool jobctl_dequeued;			/* (S) took a stop signal, no SIGCONT since */
	int pdeath_signal;
	unsigned int in_fault_disabled;		/* >0: kernel's faults on user addresses fail */
	struct restart_block restart_block;	/* (own) */
	struct completion *vfork_done;		/* parent waits for exec or exit */
	void __user *robust_list;
	u64 utime, stime;			/* ns, by ticks; see task_cputime() */
	u64 prev_utime, prev_stime;		/* (rq->lock) what that has told last */
	u64 sched_stamp, sum_exec;		/* ns */
	unsigned long min_flt, maj_flt, nvcsw, nivcsw, inblock, oublock;
	u64 rchar, wchar, syscr, syscw, read_bytes, write_bytes;
	const void *wchan;			/* where it sleeps, for /proc/PID/wchan */
	struct task_struct *oom_reaper_next;	/* queue of the reaper */
	struct mm_struct *oom_mm;		/* mm kept for the reaper */
	void *kthread_data;			/* kernel threads: struct kthread */
	int fail_nth;				/* fault injection: the n-th allocation fails */
	unsigned int lock_depth;		/* debug: kernel/lock/rank.c */

	struct thread_struct thread;		/* copy_thread() */
	struct list_head tasks;			/* (T) all processes: task_list */
	struct hlist_node pid_node;		/* (T) pid hash */
	struct hlist_node ns_nodes[PID_NS_LEVELS - 1]; /* (T) the same of the levels below */
	struct list_head thread_node;		/* (T) in signal->thread_head */
	struct task_struct *group_leader;
	struct task_struct *real_parent, *parent; /* (T) */
	struct list_head children, sibling;	/* (T) */
	struct held_lock {
		const void *lock, *ip;		/* ip: where it was taken */
		const char *name;
		u16 rank;
	} held[MAX_LOCK_DEPTH];
};
#define TASK_INHERITED	offsetof(struct task_struct, cpu)
#define TASK_ZEROED	offsetof(struct task_struct, time_slice)
#define TASK_REST	offsetof(struct task_struct, thread)

extern struct task_struct init_task;		/* hart 0's idle task */
extern struct task_struct *init_pid1;		/* process 1 */
extern spinlock_t tasklist_lock;
extern struct list_head task_list;		/* (T) group leaders, init_task excluded */
#define for_each_process(p)	list_for_each_entry(p, &task_list, tasks)
#define for_each_thread(p, t)	list_for_each_entry(t, &(p)->signal->thread_head, thread_node)
static inline bool thread_group_leader(const struct task_struct *p)
{
	return p->group_leader == p;
}
static inline bool thread_group_empty(const struct task_struct *p)
{
	return p->signal->nr_threads <= 1;
}
/* process_dead() - p, a leader, is a zombie and its threads have gone too. => tasklist_lock */
static inline bool process_dead(const struct task_struct *p)
{
	return p->exit_state && thread_group_empty(p);
}
/* is_init() - p belongs to process 1, which nobody may kill. */
static inline bool is_init(const struct task_struct *p)
{
	return init_pid1 && p->signal == init_pid1->signal;
}

static inline struct pt_regs *current_pt_regs(void) { return task_pt_regs(current); }
static inline void get_task_struct(struct task_struct *t) { atomic_inc(&t->usage); }
/* __put_task_struct() - the last reference is gone: free it, its stack, its share of the rest. */
void __put_task_struct(struct task_struct *t);
static inline void put_task_struct(struct task_struct *t)
{
	if (atomic_dec_and_test(&t->usage))
		__put_task_struct(t);
}
/* find_task_by_pid() - whom current calls pid. => tasklist_lock held. NULL if there is none. */
struct task_struct *find_task_by_pid(pid_t pid);
/* find_task_in() - whom that namespace calls nr. => tasklist_lock held. */
struct task_struct *find_task_in(pid_t nr, const struct pid_namespace *ns);
/* find_get_task(), find_get_task_in() - for those who do not hold it: with a reference. */
struct task_struct *find_get_task(pid_t pid);
struct task_struct *find_get_task_in(pid_t nr, const struct pid_namespace *ns);
/* get_task_mm() - the user mm with a reference (mmput), NULL for kernel threads and the dead. */
struct mm_struct *get_task_mm(struct task_struct *t);
/* get_task_comm(), set_task_comm() - the program's name, at most 15 bytes. */
void get_task_comm(char buf[TASK_COMM_LEN], struct task_struct *t);
void set_task_comm(struct task_struct *t, const char *name);

static inline bool test_tsk_thread_flag(struct task_struct *t, int flag)
{
	return test_bit(flag, &t->thread_info.flags);
}
static inline void set_tsk_thread_flag(struct task_struct *t, int flag)
{
	set_bit(flag, &t->thread_info.flags);
}
static inline void clear_tsk_thread_flag(struct task_struct *t, int flag)
{
	clear_bit(flag, &t->thread_info.flags);
}
static inline bool test_thread_flag(int flag) { return test_tsk_thread_flag(current, flag); }
static inline bool signal_pending(struct task_struct *t)
{
	return test_tsk_thread_flag(t, TIF_SIGPENDING);
}
/* fatal_signal_pending() - SIGKILL is on its way: give up what you wait for. */
bool fatal_signal_pending(struct task_struct *t);
/* signal_pending_state() - would a signal end a sleep in this state? */
bool signal_pending_state(unsigned int state, struct task_struct *t);
static inline bool need_resched(void) { return test_thread_flag(TIF_NEED_RESCHED); }

/*
 * Set the state BEFORE testing the condition slept for: the full barrier pairs with the waker's.
 * __set_current_state(): without it, back to TASK_RUNNING.
 */
#define set_current_state(s)	__atomic_store_n(&current->state, (s), __ATOMIC_SEQ_CST)
#define __set_current_state(s)	WRITE_ONCE(current->state, (s))
/*
 * set_special_state() - for TASK_DEAD and TASK_STOPPED, which are not slept in by a loop that looks
 * again: a waker that has just seen the state before must not undo this one.
 */
void set_special_state(unsigned int state);

/* ---- kernel/sched.c ---- */
/* sched_init() - the run queues; the caller becomes hart 0's idle task. => interrupts off. */
void sched_init(void);
/* init_idle() - make `idle` the idle task of a hart that does not run yet. */
void init_idle(struct task_struct *idle, unsigned int cpu);
/* schedule() - give up the hart: until woken if the state is not TASK_RUNNING. => no spinlocks. */
void schedule(void);
/*
 * schedule_timeout() - sleep in the current state at most `jiffies`; what is left (0: all used).
 * MAX_SCHEDULE_TIMEOUT: until woken. _uninterruptible sets the state itself.
 */
#define MAX_SCHEDULE_TIMEOUT	LONG_MAX
long schedule_timeout(long jiffies);
long schedule_timeout_uninterruptible(long jiffies);
/* yield() - let the others on this hart run first. */
void yield(void);
/* cond_resched() - a long kernel loop lets others run. => may sleep. */
void __cond_resched(void);
static inline void cond_resched(void)
{
	if (need_resched())
		__cond_resched();
}
/* wake_up_process() - make it runnable if it sleeps in TASK_NORMAL: 1 if so. Any context. */
int wake_up_process(struct task_struct *t);
/* wake_up_state() - the same for a sleep in any of the given states. */
int wake_up_state(struct task_struct *t, unsigned int state);
/* wake_up_new_task() - a task that kernel_clone() has made runs for the first time. */
void wake_up_new_task(struct task_struct *t);
/* scheduler_tick() - timer interrupt; user: it interrupted user mode. */
void scheduler_tick(bool user);
/* schedule_tail() - the first thing a new task does (from ret_from_fork): ends the switch. */
void schedule_tail(struct task_struct *prev);
/* idle_threads_init() - idle tasks of all harts but 0. => boot, slab and vmalloc work. */
void idle_threads_init(void);
/* set_cpus_allowed() - t moves away from other harts at once. 0 or -EINVAL (none online). */
int set_cpus_allowed(struct task_struct *t, cpumask_t mask);
struct task_struct *idle_task(unsigned int cpu);
/* Sums over all harts, for /proc. */
unsigned long nr_running(void), nr_iowait(void);
u64 nr_context_switches(void);
/* io_schedule() - schedule(), counted as waiting for I/O. */
void io_schedule(void);
/* io_schedule_timeout() - schedule_timeout(), counted as waiting for I/O. */
long io_schedule_timeout(long timeout);
/* cputime: user, nice, system, idle, iowait, irq, softirq per hart in ns, for /proc/stat */
struct cpu_times { u64 user, system, idle, iowait, irq; };
void get_cpu_times(unsigned int cpu, struct cpu_times *t);
/*
 * task_cputime() - user and system time of one thread in ns: the exact sum, split by ticks.
 *
 * => neither is ever less than it was before.
 */
void task_cputime(struct task_struct *t, u64 *utime, u64 *stime);
/* thread_group_cputime() - of a process, its dead threads included. => tasklist_lock held. */
void thread_group_cputime(const struct signal_struct *sig, u64 *utime, u64 *stime);
extern unsigned long avenrun[3];		/* load averages, fixed point 11 bits */
/*
 * stack_trace_save_tsk() - (arch) where a task sleeps: return addresses, the innermost first; how
 * many. It may wake up meanwhile: then the rest is nonsense, but reading it is safe.
 */
unsigned int stack_trace_save_tsk(struct task_struct *t, unsigned long *pc, unsigned int max);
/* cpu_idle() - the idle loop of a hart. */
void cpu_idle(void) __noreturn;
