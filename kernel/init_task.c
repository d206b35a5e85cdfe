/* SPDX-License-Identifier: MIT */
/*
 * The first task: it runs start_kernel() and then idles on hart 0. It is built
 * by the compiler, because nothing can be allocated yet.
 *
 * Linux: init/init_task.c.
 */
#include "kernel/pid_namespace.h"
#include "kernel/sched.h"
#include "mm/mm.h"

/* Aligned like every kernel stack, so that the overflow check of the trap entry works. */
char init_stack[THREAD_SIZE] __aligned(2 * THREAD_SIZE) __section(".bss..init_stack");

static struct signal_struct init_signals = {
	.refcount = ATOMIC_INIT(1),
	.nr_threads = 1,
	.thread_head = LIST_HEAD_INIT(init_signals.thread_head),
	.posix_timers = LIST_HEAD_INIT(init_signals.posix_timers),
	.shared_pending.list = LIST_HEAD_INIT(init_signals.shared_pending.list),
	.wait_chldexit = WAIT_QUEUE_HEAD_INIT(init_signals.wait_chldexit),
	.wait_pidfd = WAIT_QUEUE_HEAD_INIT(init_signals.wait_pidfd),
	.rlim = {
		[RLIMIT_CPU] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_FSIZE] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_DATA] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_RSS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_AS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_LOCKS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_RTTIME] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_STACK] = { 8UL << 20, RLIM_INFINITY },
		[RLIMIT_CORE] = { 0, RLIM_INFINITY },
		[RLIMIT_NOFILE] = { 1024, 4096 },
		[RLIMIT_MEMLOCK] = { 8UL << 20, 8UL << 20 },
		[RLIMIT_MSGQUEUE] = { 819200, 819200 },
		[RLIMIT_NICE] = { 0, 0 },
		[RLIMIT_RTPRIO] = { 0, 0 },
	},
};

static struct sighand_struct init_sighand = {
	.refcount = ATOMIC_INIT(1),
	.siglock = SPIN_LOCK_INIT(RANK_SIGHAND, "init_sighand.siglock"),
};

struct task_struct init_task = {
	.thread_info.kernel_sp = (unsigned long)init_stack + THREAD_SIZE,
	.stack = init_stack,
	.state = TASK_RUNNING,
	.flags = PF_KTHREAD,
	.cpus_mask = ~0UL,
	.active_mm = &init_mm,
	.usage = ATOMIC_INIT(2),
	.comm = "swapper/0",
	.run_node = LIST_HEAD_INIT(init_task.run_node),
	.pi_lock = SPIN_LOCK_INIT(RANK_PI, "init_task.pi_lock"),
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.thread_node = LIST_HEAD_INIT(init_task.thread_node),
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.group_leader = &init_task,
	.real_parent = &init_task,
	.parent = &init_task,
	.signal = &init_signals,
	.nsproxy = &init_nsproxy,
	.pid_ns = &init_pid_ns,
	.sighand = &init_sighand,
	.pending.list = LIST_HEAD_INIT(init_task.pending.list),
	.thread.fp_cpu = -1,
};

struct task_struct *init_pid1;
DEFINE_SPINLOCK(tasklist_lock, RANK_TASKLIST);
struct list_head task_list = LIST_HEAD_INIT(task_list);
