/* SPDX-License-Identifier: MIT */
/*
 * kernel_clone(): the one way to make a task. fork, vfork, clone, clone3,
 * pthread_create and kernel threads differ only in flags: each flag says
 * whether a part of the parent is shared or copied.
 *
 *   copy_process()   builds the child, not yet visible to anybody
 *   link_process()   enters it into the tables: from here it can get signals
 *   wake_up_new_task() lets it run
 *
 * Locks: tasklist_lock for the tables; see kernel/sched.h.
 *
 * Linux: kernel/fork.c. Differs: children belong to the process (to the group
 * leader), not to the thread that forked.
 */
#include <asm/uaccess.h>
#include "kernel/fork.h"
#include "kernel/fs/fs.h"
#include "kernel/kthread.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/pidfd.h"
#include "kernel/printk.h"
#include "kernel/proc_syscalls.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/oom.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

/* There is one of each of these: see nsproxy.h. */
#define CLONE_NEW_NOT	(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWNET)

static struct kmem_cache *task_cache;
static atomic_t nr_threads = ATOMIC_INIT(0);
int max_threads;
static unsigned long total_forks;
static struct task_struct *kthreadd_task;

void fork_init(void)
{
	task_cache = kmem_cache_create("task_struct", sizeof(struct task_struct), 64,
				       SLAB_PANIC, NULL);
	/* Task structures and stacks may take an eighth of memory. */
	max_threads = min(totalram_pages() * PAGE_SIZE / 8 / THREAD_SIZE,
			  (unsigned long)PID_MAX / 2);
	max_threads = max(max_threads, 64);
	init_task.signal->rlim[RLIMIT_NPROC] = (struct rlimit){ max_threads / 2, max_threads / 2 };
	init_task.signal->rlim[RLIMIT_SIGPENDING] = init_task.signal->rlim[RLIMIT_NPROC];
}

unsigned long nr_threads_total(void)
{
	return atomic_read(&nr_threads);
}

unsigned long nr_processes_forked(void)
{
	return total_forks;
}

void __put_task_struct(struct task_struct *t)
{
	flush_sigqueue(&t->pending);
	put_signal(t->signal);
	put_sighand(t->sighand);
	put_pid_ns(t->pid_ns);
	free_kthread_struct(t);
	mod_node_page_state(NODE_DATA(0), NR_KERNEL_STACK_KB, -(long)(THREAD_SIZE / 1024));
	vmap_stack_free(t->stack);
	kmem_cache_free(task_cache, t);
	atomic_dec(&nr_threads);
}

/* ---- the parts of a new task ---- */

/* Combinations that make no sense. 0 or -EINVAL. */
static int check_flags(const struct kernel_clone_args *args)
{
	u64 flags = args->flags;

	if (flags & CLONE_NEW_NOT)
		return -EINVAL;
	if (flags & CLONE_NEWPID && flags & (CLONE_THREAD | CLONE_PARENT))
		return -EINVAL;
	/* Threads are in one PID namespace: after unshare(CLONE_NEWPID) there are no new ones. */
	if (flags & CLONE_THREAD && current->nsproxy->pid_ns_for_children != current->pid_ns)
		return -EINVAL;
	if (flags & CLONE_PIDFD && flags & (CLONE_THREAD | CLONE_DETACHED))
		return -EINVAL;
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
		return -EINVAL;
	if (flags & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND)
		return -EINVAL;
	/* Process 1 has no parent that would wait for a child. */
	if (flags & CLONE_PARENT && current->signal->unkillable)
		return -EINVAL;
	return 0;
}

/* A child of current with a stack of its own; init_new_task() does the rest. NULL: no memory. */
static struct task_struct *dup_task_struct(void)
{
	struct task_struct *t = kmem_cache_alloc(task_cache, GFP_KERNEL);
	void *stack;

	if (!t)
		return NULL;
	stack = vmap_stack_alloc();
	if (!stack)
		goto err_free;
	memcpy((char *)t + TASK_INHERITED, (char *)current + TASK_INHERITED,
	       TASK_ZEROED - TASK_INHERITED);
	memset((char *)t + TASK_ZEROED, 0, TASK_REST - TASK_ZEROED);
	t->stack = stack;
	t->thread_info = (struct thread_info){
		.cpu = current->thread_info.cpu,
		.kernel_sp = (unsigned long)stack + THREAD_SIZE,
	};
	atomic_inc(&nr_threads);
	mod_node_page_state(NODE_DATA(0), NR_KERNEL_STACK_KB, THREAD_SIZE / 1024);
	return t;
err_free:
	kmem_cache_free(task_cache, t);
	return NULL;
}

/* A kernel thread inherits nothing here: it may run anywhere, with no signal blocked. */
static void init_kthread(struct task_struct *p)
{
	p->flags |= PF_KTHREAD;
	p->cpus_mask = ~0UL;
	p->nice = 0;
	p->policy = p->rt_priority = 0;
	p->mempolicy = (struct mempolicy){ 0 };
	sigemptyset(&p->blocked);
}

/* What is neither inherited nor zero. */
static void init_new_task(struct task_struct *p, const struct kernel_clone_args *args)
{
	p->state = TASK_NEW;
	p->flags = PF_FORKNOEXEC;	/* the parent's tell what the parent is doing */
	if (args->fn)
		init_kthread(p);
	p->on_rq = p->on_cpu = 0;
	INIT_LIST_HEAD(&p->run_node);
	spin_lock_init(&p->pi_lock, RANK_PI, "task->pi_lock");
	atomic_set(&p->usage, 2);	/* one for the scheduler, one for the parent */
	INIT_LIST_HEAD(&p->children);
	INIT_LIST_HEAD(&p->sibling);
	INIT_LIST_HEAD(&p->tasks);
	INIT_LIST_HEAD(&p->thread_node);
	INIT_LIST_HEAD(&p->pending.list);
	p->exit_signal = args->flags & CLONE_THREAD ? -1 : args->exit_signal;
	p->set_child_tid = args->flags & CLONE_CHILD_SETTID ? args->child_tid : NULL;
	p->clear_child_tid = args->flags & CLONE_CHILD_CLEARTID ? args->child_tid : NULL;
	p->start_time = ktime_get();
	if (!(args->flags & CLONE_VM) || args->flags & CLONE_VFORK)
		return;
	p->sas_ss_sp = p->sas_ss_size = 0;	/* threads do not share the alternate stack */
	p->sas_ss_flags = SS_DISABLE;
}

/* Shared with CLONE_VM, else a copy: 0 or -ENOMEM, -EINTR, -EINVAL (without an MMU). */
static int copy_mm(u64 clone_flags, struct task_struct *p)
{
	struct mm_struct *mm;
	int err;

	p->mm = p->active_mm = NULL;
	if (p->flags & PF_KTHREAD)
		return 0;
	if (!current->mm)
		return 0;		/* process 1, before it has a program */
	if (clone_flags & CLONE_VM) {
		mm = current->mm;
		mmget(mm);
	} else {
		err = dup_mm(current->mm, &mm);
		if (err)
			return err;
	}
	p->mm = p->active_mm = mm;
	return 0;
}

/* Files and directories. 0 or -ENOMEM. Kernel threads open nothing: they hold nobody's table. */
static int copy_files_fs(const struct kernel_clone_args *args, struct task_struct *p)
{
	int err;

	if (args->fn && args->flags & CLONE_FILES) {
		p->files = NULL;
		p->fs = NULL;
		return 0;
	}
	err = copy_files(args->flags, p);
	if (err)
		return err;
	err = copy_fs(args->flags, p);
	if (err)
		exit_files(p);
	return err;
}

/*
 * Its namespaces, and the one that its numbers will be of, which is not the parent's after
 * unshare(CLONE_NEWPID) or setns(2). Kernel threads are of the first ones. 0 or -errno.
 */
static int copy_ns(const struct kernel_clone_args *args, struct task_struct *p)
{
	int err = copy_namespaces(args->flags, p);

	if (err)
		return err;
	if (p->flags & PF_KTHREAD)
		p->pid_ns = &init_pid_ns;
	else if (!(args->flags & CLONE_THREAD))
		p->pid_ns = p->nsproxy->pid_ns_for_children;
	get_pid_ns(p->pid_ns);
	return 0;
}

/* ---- into the tables ---- */

/* Children belong to the process, so the parent is a group leader. => tasklist_lock held. */
static struct task_struct *choose_parent(u64 flags, const struct task_struct *p)
{
	if (p->flags & PF_KTHREAD && kthreadd_task)
		return kthreadd_task;
	if (flags & (CLONE_PARENT | CLONE_THREAD))
		return current->group_leader->real_parent;
	return current->group_leader;
}

/* => tasklist_lock and siglock held. */
static void link_thread(struct task_struct *p)
{
	if (current->jobctl_stop) {		/* the process stops: with the new thread */
		p->jobctl_stop = true;
		p->signal->group_stop_count++;
		set_tsk_thread_flag(p, TIF_SIGPENDING);
	}
	p->group_leader = current->group_leader;
	p->tgid = current->tgid;
	p->vtgid = current->vtgid;
	p->signal->nr_threads++;
	list_add_tail(&p->thread_node, &p->signal->thread_head);
}

/* A new process joins its parent's group and session. => tasklist_lock and siglock held. */
static void link_leader(struct task_struct *p)
{
	if (!(p->flags & PF_KTHREAD)) {
		p->signal->pgrp = current->signal->pgrp;
		p->signal->session = current->signal->session;
		p->signal->pgrp_numbers = current->signal->pgrp_numbers;
		p->signal->session_numbers = current->signal->session_numbers;
		p->signal->tty = current->signal->tty;
	}
	p->group_leader = p;
	p->tgid = p->pid;
	p->vtgid = p->vpid;		/* what getpid(2) says, see pid_types.h */
	if (unlikely(p->vpid == 1)) {		/* the init of its namespace */
		p->pid_ns->child_reaper = p;
		p->signal->unkillable = true;
	}
	p->signal->nr_threads = 1;
	list_add_tail(&p->thread_node, &p->signal->thread_head);
	list_add_tail(&p->sibling, &p->real_parent->children);
	list_add_tail(&p->tasks, &task_list);
}

/*
 * After the child is linked, a signal to a thread or process group reaches it as
 * well. One that came while it was being made has missed it: so we take the
 * signal first, and fork again if we survive. `seen` counts group signals before
 * the fork. (To do so for any signal would keep a program with a fast interval
 * timer from ever finishing a long fork.) => tasklist_lock held.
 */
static int check_missed_signals(unsigned int seen)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	if (current->signal->group_signals != seen && signal_pending(current))
		return -ERESTARTNOINTR;
	return 0;
}

/* Make the child visible: 0, -EAGAIN (no number), -EINTR (we are being killed), or fork again. */
static int link_process(struct task_struct *p, const struct kernel_clone_args *args,
			unsigned int seen)
{
	int err;

	spin_lock_irq(&tasklist_lock);
	spin_lock(&current->sighand->siglock);
	err = check_missed_signals(seen);
	if (!err)
		err = alloc_pid(p);
	if (err)
		goto out;
	p->real_parent = p->parent = choose_parent(args->flags, p);
	if (args->flags & (CLONE_PARENT | CLONE_THREAD))
		p->exit_signal = args->flags & CLONE_THREAD ? -1 :
				 current->group_leader->exit_signal;
	if (args->flags & CLONE_THREAD)
		link_thread(p);
	else
		link_leader(p);
	attach_pid(p);
	total_forks++;
	if (p->pid == 1)
		init_pid1 = p;
	if (p->pid == 2)
		kthreadd_task = p;
out:
	spin_unlock(&current->sighand->siglock);
	spin_unlock_irq(&tasklist_lock);
	return err;
}

/* It was never visible and has never run. */
static void free_unlinked_task(struct task_struct *p)
{
	if (p->mm)
		mmput(p->mm);
	exit_namespaces(p);
	exit_fs(p);
	exit_files(p);
	atomic_set(&p->usage, 1);
	put_task_struct(p);
}

/* copy_process() - a child that shares or copies what args say, not yet linked. 0 or -errno. */
static int copy_process(const struct kernel_clone_args *args, struct task_struct **child)
{
	struct task_struct *p;
	int err = check_flags(args);

	if (err)
		return err;
	/* RLIMIT_NPROC does not count: all is root's, who is exempt (see rlimit.c). */
	if (atomic_read(&nr_threads) >= max_threads)
		return -EAGAIN;
	fp_save(current);		/* the copy below must see the FP registers */
	p = dup_task_struct();
	if (!p)
		return -ENOMEM;
	init_new_task(p, args);
	err = copy_files_fs(args, p);
	if (err)
		goto err_free_task;
	err = copy_ns(args, p);
	if (err)
		goto err_files_fs;
	err = copy_sighand(args->flags, p);
	if (err)
		goto err_namespaces;
	err = copy_signal(args->flags, p);
	if (err)
		goto err_sighand;
	err = copy_mm(args->flags, p);
	if (err)
		goto err_signal;
	copy_thread(p, args);
	if (args->name)
		strscpy(p->comm, args->name, sizeof(p->comm));
	*child = p;
	return 0;

err_signal:
	put_signal(p->signal);
err_sighand:
	put_sighand(p->sighand);
err_namespaces:
	exit_namespaces(p);
	put_pid_ns(p->pid_ns);
err_files_fs:
	exit_fs(p);
	exit_files(p);
err_free_task:
	mod_node_page_state(NODE_DATA(0), NR_KERNEL_STACK_KB, -(long)(THREAD_SIZE / 1024));
	vmap_stack_free(p->stack);
	kmem_cache_free(task_cache, p);
	atomic_dec(&nr_threads);
	return err;
}

/* ---- vfork: the child runs in our memory, and we sleep until it has left it ---- */

/*
 * Before the child runs: from now on it will complete done when it leaves the memory. It may end
 * before we begin to wait, so that the task must be kept for us.
 */
static void prepare_vfork(struct task_struct *child, struct completion *done)
{
	init_completion(done);
	child->vfork_done = done;
	get_task_struct(child);
}

void complete_vfork_done(struct task_struct *t)
{
	struct completion *done;

	spin_lock_irq(&tasklist_lock);
	done = t->vfork_done;
	t->vfork_done = NULL;
	if (done)
		complete(done);		/* under the lock: a killed parent takes its stack away */
	spin_unlock_irq(&tasklist_lock);
}

/* Until the child has left our memory; a fatal signal ends the wait. Drops prepare_vfork()'s. */
static void wait_for_vfork_done(struct task_struct *child, struct completion *done)
{
	if (wait_for_completion_killable(done)) {
		/* We die: the child must not complete() something on our stack. */
		spin_lock_irq(&tasklist_lock);
		child->vfork_done = NULL;
		spin_unlock_irq(&tasklist_lock);
	}
	put_task_struct(child);
}

/* ---- all together ---- */

int kernel_clone(struct kernel_clone_args *args, pid_t *pid)
{
	unsigned int seen = READ_ONCE(current->signal->group_signals);
	struct completion vfork_done;
	struct task_struct *p;
	struct pidfd_reserved pidfd = { .fd = -1 };
	int err = copy_process(args, &p);

	if (err)
		return err;
	/* A bad pointer for the pidfd is an error: the descriptor could not be told otherwise. */
	err = args->flags & CLONE_PIDFD ? pidfd_prepare(p->signal, args->pidfd, &pidfd) : 0;
	if (err) {
		free_unlinked_task(p);
		return err;
	}
	if (args->flags & CLONE_VFORK)
		prepare_vfork(p, &vfork_done);
	err = link_process(p, args, seen);
	pidfd_finish(&pidfd, err);
	if (err) {
		free_unlinked_task(p);
		return err;
	}
	*pid = task_pid_nr_ns(p, current->pid_ns);
	p->kthread_data = args->kthread;
	args->task = p;
	/* A bad pointer here is the caller's loss, as on Linux: the child exists. */
	if (args->flags & CLONE_PARENT_SETTID && put_user(*pid, args->parent_tid))
		args->parent_tid = NULL;
	wake_up_new_task(p);
	if (args->flags & CLONE_VFORK)
		wait_for_vfork_done(p, &vfork_done);
	return 0;
}

/* ---- system calls ---- */

/* The pid or -errno, as the system calls return it. */
static long clone_and_return(struct kernel_clone_args *args)
{
	pid_t pid;
	int err = kernel_clone(args, &pid);

	return err ? err : pid;
}

long sys_clone(unsigned long flags, unsigned long newsp, int __user *parent_tid,
	       unsigned long tls, int __user *child_tid)
{
	struct kernel_clone_args args = {
		.flags = (u32)flags & ~CSIGNAL,
		.exit_signal = flags & CSIGNAL,
		.stack = newsp,
		.tls = tls,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
	};

	if (args.exit_signal > _NSIG)
		return -EINVAL;
	if (flags & CLONE_PIDFD && flags & CLONE_PARENT_SETTID)
		return -EINVAL;		/* one pointer for two results */
	args.pidfd = parent_tid;
	return clone_and_return(&args);
}

/* struct clone_args of clone3(2), its first published size. */
struct user_clone_args {
	u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	u64 set_tid, set_tid_size, cgroup;
};
#define CLONE_ARGS_SIZE_VER0	64

/* A structure from a newer program is fine as long as what we do not know is zero. */
static int copy_clone_args(struct user_clone_args *ua, const char __user *from, size_t size)
{
	char c;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	memset(ua, 0, sizeof(*ua));
	if (copy_from_user(ua, from, min(size, sizeof(*ua))))
		return -EFAULT;
	for (size_t i = sizeof(*ua); i < size; i++) {
		if (get_user(c, from + i))
			return -EFAULT;
		if (c)
			return -E2BIG;
	}
	return 0;
}

long sys_clone3(const void __user *uargs, unsigned long size)
{
	struct user_clone_args ua;
	struct kernel_clone_args args;
	int err = copy_clone_args(&ua, uargs, size);

	if (err)
		return err;
	if (ua.flags & (CSIGNAL | CLONE_DETACHED) || ua.set_tid_size ||
	    ua.exit_signal > _NSIG || ua.flags >> 33)
		return -EINVAL;
	if (ua.flags & (CLONE_THREAD | CLONE_PARENT) && ua.exit_signal)
		return -EINVAL;
	/* Here the stack is its lowest byte and a size; for clone() it is the highest. */
	if (!ua.stack != !ua.stack_size)
		return -EINVAL;
	if (ua.stack && !access_ok((void *)ua.stack, ua.stack_size))
		return -EINVAL;
	args = (struct kernel_clone_args){
		.flags = ua.flags,
		.exit_signal = ua.exit_signal,
		.stack = ua.stack,
		.stack_size = ua.stack_size,
		.tls = ua.tls,
		.pidfd = (int __user *)ua.pidfd,
		.parent_tid = (int __user *)ua.parent_tid,
		.child_tid = (int __user *)ua.child_tid,
	};
	return clone_and_return(&args);
}

long sys_set_tid_address(int __user *tidptr)
{
	current->clear_child_tid = tidptr;
	return current->vpid;
}
