/* SPDX-License-Identifier: MIT */
/*
 * The OOM reaper: a victim's memory comes back even if the victim cannot run.
 *
 * A process that was killed frees its memory itself, when it next comes to its
 * signal. It may be waiting for something that needs memory, though, perhaps held by
 * the very task that is out of it. So a thread takes away the victim's private
 * pages from outside, at once: what they contained will never be read again.
 *
 * Life of an entry: queued by the killer, with a reference to the task and to the mm;
 * done when the pages have been zapped, or the victim has emptied its mm itself, or
 * after a second without success. In each case MMF_OOM_SKIP is set: from then on
 * another process may be chosen.
 *
 * Invariant: MMF_UNSTABLE is set before the first page is taken. Who faults on such an
 * mm gets SIGBUS instead of a fresh page of zeroes: the kernel must not copy those on
 * behalf of the victim into a pipe or file.
 *
 * Locks: reaper_lock guards the queue (ranks with tasklist_lock, under which entries
 * are added); mmap_lock of the victim is only tried.
 *
 * Linux: mm/oom_kill.c, oom_reap_task(), __oom_reap_task_mm(). Differs: no delay.
 */
#include "kernel/kthread.h"
#include "kernel/printk.h"
#include "kernel/wait.h"
#include "mm/oom_internal.h"
#include "mm/pgtable.h"

#define MAX_REAP_TICKS	HZ

static DEFINE_SPINLOCK(reaper_lock, RANK_WAITQ);
static DECLARE_WAIT_QUEUE_HEAD(reaper_wait);
static struct task_struct *reaper_list;		/* (reaper_lock) linked by oom_reaper_next */
static int nr_pending;				/* (reaper_lock) queued or being reaped */

bool oom_victims_pending(void)
{
	return READ_ONCE(nr_pending);
}

void oom_queue_reap(struct task_struct *p, struct mm_struct *mm)
{
	lockdep_assert_held(&tasklist_lock);
	if (test_and_set_bit(MMF_OOM_VICTIM, &mm->flags))
		return;
	get_task_struct(p);
	mmgrab(mm);
	p->oom_mm = mm;
	spin_lock(&reaper_lock);
	p->oom_reaper_next = reaper_list;
	reaper_list = p;
	nr_pending++;
	spin_unlock(&reaper_lock);
	wake_up(&reaper_wait);
}

static struct task_struct *next_victim(void)
{
	struct task_struct *p;

	spin_lock_irq(&reaper_lock);
	p = reaper_list;
	if (p)
		reaper_list = p->oom_reaper_next;
	spin_unlock_irq(&reaper_lock);
	return p;
}

/* => mmap_lock held for reading. Pages of shared mappings belong to others too. */
static void zap_private_pages(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	set_bit(MMF_UNSTABLE, &mm->flags);
	for_each_vma(mm, vma) {
		if (vma->vm_flags & VM_PFNMAP)
			continue;
		if (vma_is_anonymous(vma) || !(vma->vm_flags & VM_SHARED))
			zap_page_range(vma, vma->vm_start, vma->vm_end - vma->vm_start, true);
	}
}

static unsigned long kbytes(const struct mm_struct *mm, int member)
{
	return get_mm_counter(mm, member) << (PAGE_SHIFT - 10);
}

/* true: done. false: the lock is held for writing, or the victim is in the middle of its exit. */
static bool try_to_reap(struct task_struct *p, struct mm_struct *mm)
{
	if (test_bit(MMF_OOM_SKIP, &mm->flags))
		return true;		/* it has freed everything itself */
	/* Our reference keeps exit_mmap() away; if we come too late it is at work already. */
	if (!CONFIG_MMU || !mmget_not_zero(mm))
		return false;
	if (!mmap_read_trylock(mm)) {
		mmput(mm);
		return false;
	}
	zap_private_pages(mm);
	pr_info("oom_reaper: reaped process %d (%s), now anon-rss:%lukB, file-rss:%lukB, "
		"shmem-rss:%lukB\n", p->pid, p->comm, kbytes(mm, MM_ANONPAGES),
		kbytes(mm, MM_FILEPAGES), kbytes(mm, MM_SHMEMPAGES));
	mmap_read_unlock(mm);
	mmput(mm);
	return true;
}

static void reap_victim(struct task_struct *p)
{
	struct mm_struct *mm = p->oom_mm;
	int ticks = 0;

	while (!try_to_reap(p, mm) && ticks++ < MAX_REAP_TICKS)
		schedule_timeout_uninterruptible(1);
	if (ticks > MAX_REAP_TICKS)
		pr_info("oom_reaper: unable to reap pid:%d (%s)\n", p->pid, p->comm);
	set_bit(MMF_OOM_SKIP, &mm->flags);
	p->oom_mm = NULL;
	mmdrop(mm);
	put_task_struct(p);
	spin_lock_irq(&reaper_lock);
	nr_pending--;
	spin_unlock_irq(&reaper_lock);
}

static int oom_reaper(void *unused)
{
	struct task_struct *p;

	for (;;) {
		wait_event_interruptible(reaper_wait, READ_ONCE(reaper_list));
		p = next_victim();
		if (p)
			reap_victim(p);
	}
	return 0;
}

void oom_init(void)
{
	if (!kthread_run(oom_reaper, NULL, "oom_reaper"))
		pr_err("Unable to start OOM reaper. Continuing regardless\n");
}
