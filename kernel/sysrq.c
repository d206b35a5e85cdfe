/* SPDX-License-Identifier: MIT */
/*
 * /proc/sysrq-trigger: a letter written there makes the kernel do something at once, whatever
 * state user space is in.
 *
 *	c  crash: a panic, to see what one looks like
 *	m  the memory state, as an OOM report shows it
 *	s  write back all that is dirty
 *	t  the tasks
 *	v  verify: walk the buddy's lists, slabs, LRU lists, swap slots and all VMAs; BUG if wrong
 *
 * Locks: none of its own; each walker takes what it needs.
 *
 * Linux: drivers/tty/sysrq.c. Differs: no keyboard; v is ours.
 */
#include "kernel/fs/fs.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/printk.h"
#include "kernel/sysrq.h"
#include "mm/lru.h"
#include "mm/mm.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vma.h"

/* Call fn for every process; it may sleep. */
static void each_process(void (*fn)(struct task_struct *p))
{
	struct task_struct *p;

	for (pid_t pid = 1; (p = next_tgid(&pid, &init_pid_ns)); pid++) {
		fn(p);
		put_task_struct(p);
	}
}

static void show_task(struct task_struct *p)
{
	pr_info("task %s pid %d ppid %d state %x exit %x flags %x threads %d at %pS\n", p->comm,
		p->pid, p->real_parent->tgid, p->state, p->exit_state, p->flags,
		p->signal->nr_threads, p->wchan);
}

static void verify_task(struct task_struct *p)
{
	struct mm_struct *mm = get_task_mm(p);

	if (!mm)
		return;
	mmap_read_lock(mm);
	mm_check_vmas(mm);
	mmap_read_unlock(mm);
	mmput(mm);
}

static void verify_memory(void)
{
	mm_check_buddy();
	mm_check_slab();
	mm_check_lru();
	mm_check_swap();
	if (CONFIG_MMU)
		each_process(verify_task);
	pr_info("sysrq: memory structures are sound\n");
}

static ssize_t sysrq_write(void *data, char *buf, size_t n)
{
	switch (n ? buf[0] : '\0') {
	case 'c':
		panic("sysrq triggered crash");
	case 'm':
		show_mem();
		break;
	case 's':
		sys_sync();
		break;
	case 't':
		each_process(show_task);
		break;
	case 'v':
		verify_memory();
		break;
	default:
		return -EINVAL;
	}
	return n;
}

/* Its mode does not keep root from reading it. */
static int sysrq_show(struct seq_file *m, void *v)
{
	return -EIO;
}

void sysrq_init(void)
{
	BUG_ON(proc_create_rw("sysrq-trigger", 0200, sysrq_show, sysrq_write));
}
