/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/numa_maps: for each mapping its memory policy, and on which nodes its
 * pages are. numastat -p sums it up.
 *
 * Only pages of folios are counted, so the zero page and the vDSO are not. Where
 * no page is there, nothing follows the name.
 *
 * Locks: mmap_lock read, the page-table lock inside walk_page_range().
 *
 * Linux: fs/proc/task_mmu.c, show_numa_map(). Differs: no huge pages.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/uapi/mempolicy.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/pgtable.h"

/* Pages, but for mapcount_max. */
struct numa_counts {
	unsigned long pages, anon, dirty, swapcache, active, writeback;
	unsigned long mapcount_max, node[MAX_NUMNODES];
};

static int count_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	struct numa_counts *c = arg;
	pte_t pte = ptep_get(ptep);
	struct folio *f;

	if (!pte_present(pte) || pte_special(pte) || !pfn_valid(pte_pfn(pte)))
		return 0;
	f = page_folio(pfn_to_page(pte_pfn(pte)));
	c->pages++;
	c->anon += folio_test_anon(f);
	c->dirty += pte_dirty(pte) || folio_test(f, PG_dirty);
	c->swapcache += folio_test(f, PG_swapcache);
	c->active += folio_test(f, PG_active) || folio_test(f, PG_unevictable);
	c->writeback += folio_test(f, PG_writeback);
	c->mapcount_max = max(c->mapcount_max, (unsigned long)folio_mapcount(f));
	c->node[page_to_nid(&f->page)]++;
	return 0;
}

/* "default file=/bin/sh": a mapping without a policy of its own has the task's. */
static void show_what(struct seq_file *m, struct vm_area_struct *vma, const struct task_struct *t)
{
	bool own = vma->vm_policy.mode != MPOL_DEFAULT;
	const char *name = vma_name(vma);
	char policy[64];

	mpol_to_str(policy, sizeof(policy), own ? vma->vm_policy : t->mempolicy);
	seq_printf(m, "%08lx %s", vma->vm_start, policy);
	if (vma->vm_file) {
		seq_puts(m, " file=");
		seq_path(m, &vma->vm_file->f_path);
	} else if (name && !strcmp(name, "[heap]")) {
		seq_puts(m, " heap");
	} else if (name && !strcmp(name, "[stack]")) {
		seq_puts(m, " stack");
	}
}

static void show_count(struct seq_file *m, const char *name, unsigned long n)
{
	if (n)
		seq_printf(m, " %s=%lu", name, n);
}

/* What is 0 is left out, "active" is there if it differs from all pages: numastat expects that. */
static void show_counts(struct seq_file *m, const struct numa_counts *c)
{
	int nid;

	if (!c->pages)
		return;
	show_count(m, "anon", c->anon);
	show_count(m, "dirty", c->dirty);
	if (c->pages != c->anon && c->pages != c->dirty)
		show_count(m, "mapped", c->pages);
	show_count(m, "mapmax", c->mapcount_max > 1 ? c->mapcount_max : 0);
	show_count(m, "swapcache", c->swapcache);
	if (c->active < c->pages)
		seq_printf(m, " active=%lu", c->active);
	show_count(m, "writeback", c->writeback);
	for_each_online_node(nid) {
		if (c->node[nid])
			seq_printf(m, " N%d=%lu", nid, c->node[nid]);
	}
	seq_printf(m, " kernelpagesize_kB=%lu", PAGE_SIZE >> 10);
}

int proc_pid_numa_maps(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	struct vm_area_struct *vma;

	if (!mm)
		return 0;
	mmap_read_lock(mm);
	for_each_vma(mm, vma) {
		struct numa_counts c = { 0 };

		walk_page_range(mm, vma->vm_start, vma->vm_end, count_pte, NULL, &c);
		show_what(m, vma, m->private);
		show_counts(m, &c);
		seq_putc(m, '\n');
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return 0;
}
