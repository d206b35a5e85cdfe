/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads: tasks without a user address space, children of kthreadd.
 *
 * Linux: kernel/kthread.c. Differs: created by the caller itself; kthreadd
 * (pid 2) only stands in as their parent.
 */
#include "kernel/fork.h"
#include "kernel/kthread.h"
#include "kernel/sched.h"
#include "lib/errno.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"

/* Lives as long as the task_struct: kthread_data. */
struct kthread {
	int (*fn)(void *data);
	void *data;
	bool should_stop;
	int result;
	struct completion exited;
};

void free_kthread_struct(struct task_struct *t)
{
	kfree(t->kthread_data);
}

static int kthread_main(void *arg)
{
	struct kthread *k = arg;

	k->result = k->fn(k->data);
	complete_all(&k->exited);
	do_exit(0);
}

struct task_struct *kthread_run(int (*fn)(void *data), void *data, const char *fmt, ...)
{
	struct kernel_clone_args args = { .flags = CLONE_VM | CLONE_FS | CLONE_FILES };
	struct kthread *k = kzalloc(sizeof(*k), GFP_KERNEL);
	char name[TASK_COMM_LEN];
	va_list ap;
	pid_t pid;

	if (!k)
		return NULL;
	va_start(ap, fmt);
	vscnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	k->fn = fn;
	k->data = data;
	init_completion(&k->exited);
	args.fn = kthread_main;
	args.fn_arg = k;
	args.kthread = k;
	args.name = name;
	if (kernel_clone(&args, &pid))
		goto err_free;
	return args.task;
err_free:
	kfree(k);
	return NULL;
}

bool kthread_should_stop(void)
{
	struct kthread *k = current->kthread_data;

	return k && READ_ONCE(k->should_stop);
}

int kthread_stop(struct task_struct *t)
{
	struct kthread *k = t->kthread_data;
	int result;

	get_task_struct(t);		/* it ends while we look at k */
	WRITE_ONCE(k->should_stop, true);
	wake_up_process(t);
	wait_for_completion(&k->exited);
	result = k->result;
	put_task_struct(t);
	return result;
}
