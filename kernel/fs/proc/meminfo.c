/* SPDX-License-Identifier: MIT */
/*
 * /proc/meminfo: where the memory is.
 *
 * MemTotal is what the buddy was given. Of it, MemFree is exact at the moment it
 * is read (pages on per-hart lists are free), and the others are counters of
 * pages that move between each other while we read.
 *
 * Locks: none.
 *
 * Linux: fs/proc/meminfo.c. Differs: what Quire lacks (zswap, huge pages) is 0.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/proc/internal.h"
#include "lib/bug.h"
#include "mm/lru.h"
#include "mm/swap.h"
#include "mm/vmalloc.h"

static unsigned long global_state(enum node_stat_item item)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += node_page_state(NODE_DATA(nid), item);
	return sum;
}

/* name with its colon fills 16 columns, or one less of the number. */
static void show_kb(struct seq_file *m, const char *name, unsigned long kb)
{
	seq_printf(m, "%-16s%8lu kB\n", name, kb);
}

static void show_pages(struct seq_file *m, const char *name, unsigned long pages)
{
	show_kb(m, name, pages << (PAGE_SHIFT - 10));
}

static void show_page_cache(struct seq_file *m)
{
	unsigned long buffers = nr_blockdev_pages(), cache = global_state(NR_FILE_PAGES);
	unsigned long swapcache = global_state(NR_SWAPCACHE);

	cache -= min(cache, buffers + swapcache);
	show_pages(m, "Buffers:", buffers);
	show_pages(m, "Cached:", cache);
	show_pages(m, "SwapCached:", swapcache);
}

static void show_lru(struct seq_file *m)
{
	unsigned long n[NR_LRU_LISTS];

	for (int lru = 0; lru < NR_LRU_LISTS; lru++)
		n[lru] = lru_pages(lru);
	show_pages(m, "Active:", n[LRU_ACTIVE_ANON] + n[LRU_ACTIVE_FILE]);
	show_pages(m, "Inactive:", n[LRU_INACTIVE_ANON] + n[LRU_INACTIVE_FILE]);
	show_pages(m, "Active(anon):", n[LRU_ACTIVE_ANON]);
	show_pages(m, "Inactive(anon):", n[LRU_INACTIVE_ANON]);
	show_pages(m, "Active(file):", n[LRU_ACTIVE_FILE]);
	show_pages(m, "Inactive(file):", n[LRU_INACTIVE_FILE]);
	show_pages(m, "Unevictable:", n[LRU_UNEVICTABLE]);
	show_pages(m, "Mlocked:", global_state(NR_MLOCK));
}

static void show_swap(struct seq_file *m)
{
	show_pages(m, "SwapTotal:", CONFIG_MMU ? total_swap_pages() : 0);
	show_pages(m, "SwapFree:", CONFIG_MMU ? (unsigned long)get_nr_swap_pages() : 0);
}

static void show_kernel(struct seq_file *m)
{
	unsigned long reclaimable = global_state(NR_SLAB_RECLAIMABLE);
	unsigned long unreclaimable = global_state(NR_SLAB_UNRECLAIMABLE);

	show_pages(m, "KReclaimable:", reclaimable);
	show_pages(m, "Slab:", reclaimable + unreclaimable);
	show_pages(m, "SReclaimable:", reclaimable);
	show_pages(m, "SUnreclaim:", unreclaimable);
	show_kb(m, "KernelStack:", global_state(NR_KERNEL_STACK_KB));
	show_pages(m, "PageTables:", global_state(NR_PAGETABLE));
	show_kb(m, "SecPageTables:", 0);
	show_kb(m, "NFS_Unstable:", 0);
	show_kb(m, "Bounce:", 0);
	show_kb(m, "WritebackTmp:", 0);
	show_pages(m, "CommitLimit:", vm_commit_limit());
	show_pages(m, "Committed_AS:", vm_committed());
	show_kb(m, "VmallocTotal:", VMALLOC_TOTAL >> 10);
	show_pages(m, "VmallocUsed:", vmalloc_nr_pages());
	show_kb(m, "VmallocChunk:", 0);
	show_kb(m, "Percpu:", 0);
}

static int meminfo_show(struct seq_file *m, void *v)
{
	static const char *const huge[] = {
		"AnonHugePages:", "ShmemHugePages:", "ShmemPmdMapped:", "FileHugePages:",
		"FilePmdMapped:",
	};

	show_pages(m, "MemTotal:", totalram_pages());
	show_pages(m, "MemFree:", nr_free_pages());
	show_pages(m, "MemAvailable:", si_mem_available());
	show_page_cache(m);
	show_lru(m);
	show_swap(m);
	show_kb(m, "Zswap:", 0);
	show_kb(m, "Zswapped:", 0);
	show_pages(m, "Dirty:", global_state(NR_FILE_DIRTY));
	show_pages(m, "Writeback:", global_state(NR_WRITEBACK));
	show_pages(m, "AnonPages:", global_state(NR_ANON_MAPPED));
	show_pages(m, "Mapped:", global_state(NR_FILE_MAPPED));
	show_pages(m, "Shmem:", global_state(NR_SHMEM));
	show_kernel(m);
	for (size_t i = 0; i < ARRAY_SIZE(huge); i++)
		show_kb(m, huge[i], 0);
	seq_puts(m, "HugePages_Total:       0\nHugePages_Free:        0\n"
		    "HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
	show_kb(m, "Hugepagesize:", 2048);
	show_kb(m, "Hugetlb:", 0);
	return 0;
}

void proc_meminfo_init(void)
{
	BUG_ON(proc_create_single("meminfo", 0444, meminfo_show));
}
