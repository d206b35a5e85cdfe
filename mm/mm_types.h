/* SPDX-License-Identifier: MIT */
/*
 * The nouns of memory management: page, folio, vm_area_struct, mm_struct.
 * One comment a field; the letter says which lock guards it.
 *
 * Linux: include/linux/mm_types.h, page-flags.h. Differs: no memcg, no
 * userfaultfd, one page-table lock per mm, a folio is described by its head
 * page alone.
 */
#pragma once
#include <asm/atomic.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/mmu_context.h>
#include <asm/smp.h>
#include "lib/list.h"
#include "lib/rbtree.h"
#include "lib/types.h"
#include "kernel/lock/rwsem.h"
#include "kernel/lock/spinlock.h"
#include "mm/mempolicy.h"

struct address_space;
struct anon_vma;
struct file;
struct kmem_cache;
struct mm_struct;
struct vm_area_struct;
struct vm_fault;

/*
 * Page flags. Changed with atomic bit operations by whoever may, unless the
 * page is not yet visible to others (a fresh allocation).
 */
enum pageflags {
	PG_locked,		/* identity and content are being changed; see folio_lock() */
	PG_referenced,		/* seen used once since it came to the inactive list */
	PG_uptodate,		/* content is valid */
	PG_dirty,		/* newer than what the disk has */
	PG_lru,			/* on an LRU list; changed under (L) lruvec lock */
	PG_active,		/* on an active list (L) */
	PG_unevictable,		/* on the unevictable list (L) */
	PG_waiters,		/* somebody sleeps on this folio's locked/writeback bit */
	PG_writeback,		/* being written */
	PG_error,		/* the last I/O on it failed */
	PG_swapcache,		/* in the swap cache: private = swap entry */
	PG_swapbacked,		/* anonymous or tmpfs: its backing is swap */
	PG_reclaim,		/* free it as soon as its writeback ends */
	PG_workingset,		/* was active when it was evicted */
	PG_mlocked,		/* in a VM_LOCKED vma */
	PG_slab,		/* belongs to the slab allocator */
	PG_buddy,		/* heads a free block of 2^order in the buddy (Z) */
	PG_reserved,		/* never managed: kernel image, holes, device tree */
	PG_head,		/* first page of a compound page of 2^order */
	PG_tail,		/* another page of a compound page; see compound_head() */
	PG_pgtable,		/* is a page table */
	PG_raw,			/* debug: poisoned while free */
	__NR_PAGEFLAGS
};
/* flags, top bits: which node and zone; set once when memory is handed over. */
#define ZONES_SHIFT	62	/* 2 bits of zone */
#define NODES_SHIFT	56	/* 6 bits of node */

/*
 * struct page - one physical frame. 64 bytes; the array of them is vmemmap.
 *
 * Who uses which field:
 *   buddy (free)  lru: free list; order; flags PG_buddy          (Z) zone->lock
 *   per-hart list lru                                            owner hart, irqs off
 *   slab          see struct slab in mm/slub.c: same memory, other names
 *   page table    flags PG_pgtable
 *   anon/file     everything below
 */
struct page {
	unsigned long flags;		/* enum pageflags, node, zone */
	union {
		struct list_head lru;	/* (L) LRU list; or whatever list the owner keeps */
		struct page *head;	/* PG_tail: the head page */
	};
	/*
	 * What the page belongs to:
	 *   file page:  struct address_space *
	 *   anon page:  struct anon_vma * with PAGE_MAPPING_ANON set
	 *   else NULL
	 * Stable while the folio is locked; anon: set once at first map.
	 */
	struct address_space *mapping;
	pgoff_t index;			/* file: page offset in the file; anon: linear_page_index */
	unsigned long private;		/* swap cache: swp_entry; else the owner's */
	atomic_t _mapcount;		/* number of PTEs that map it, minus 1 */
	atomic_t _refcount;		/* references; 0 = free. Mapped or cached counts one each */
	u8 order;			/* buddy: of the free block (Z); PG_head: of the compound */
	u8 pad[3];
	u32 owner;			/* debug: where it was allocated (page_owner) */
};

#define PAGE_MAPPING_ANON	1UL

/*
 * struct folio - 2^order frames seen as one thing, through the head page.
 * All anonymous, page-cache, LRU, rmap and swap code takes folios. That all
 * have order 0 is policy, not structure.
 */
struct folio {
	union {
		struct {
			unsigned long flags;
			struct list_head lru;
			struct address_space *mapping;
			pgoff_t index;
			unsigned long private;
			atomic_t _mapcount;
			atomic_t _refcount;
			u8 order;
		};
		struct page page;
	};
};

/* vm_area_struct.vm_flags */
#define VM_NONE		0x00000000UL
#define VM_READ		0x00000001UL
#define VM_WRITE	0x00000002UL
#define VM_EXEC		0x00000004UL
#define VM_SHARED	0x00000008UL
#define VM_MAYREAD	0x00000010UL	/* mprotect() may give it */
#define VM_MAYWRITE	0x00000020UL
#define VM_MAYEXEC	0x00000040UL
#define VM_MAYSHARE	0x00000080UL
#define VM_GROWSDOWN	0x00000100UL	/* a stack */
#define VM_PFNMAP	0x00000400UL	/* device memory or vDSO: no struct page accounting */
#define VM_LOCKED	0x00002000UL
#define VM_SEQ_READ	0x00008000UL	/* madvise hints for read-ahead */
#define VM_RAND_READ	0x00010000UL
#define VM_DONTCOPY	0x00020000UL	/* not copied by fork */
#define VM_DONTEXPAND	0x00040000UL
#define VM_LOCKONFAULT	0x00080000UL
#define VM_ACCOUNT	0x00100000UL	/* counted in Committed_AS */
#define VM_NORESERVE	0x00200000UL
#define VM_WIPEONFORK	0x02000000UL
#define VM_DONTDUMP	0x04000000UL
#define VM_MERGEABLE	0x80000000UL
#define VM_ACCESS_FLAGS	(VM_READ | VM_WRITE | VM_EXEC)
#define VM_STACK_FLAGS	(VM_READ | VM_WRITE | VM_GROWSDOWN | VM_ACCOUNT | \
			 VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define VM_DATA_FLAGS	(VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT)

typedef unsigned int vm_fault_t;	/* set of VM_FAULT_* */
#define VM_FAULT_OOM		0x0001
#define VM_FAULT_SIGBUS		0x0002
#define VM_FAULT_MAJOR		0x0004
#define VM_FAULT_SIGSEGV	0x0040
#define VM_FAULT_NOPAGE		0x0100	/* the handler has set the PTE itself */
#define VM_FAULT_LOCKED		0x0200	/* vmf->page is returned locked */
#define VM_FAULT_RETRY		0x0400	/* mmap_lock was dropped: look up everything again */
#define VM_FAULT_ERROR		(VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

#define FAULT_FLAG_WRITE	0x01
#define FAULT_FLAG_INSTRUCTION	0x02
#define FAULT_FLAG_USER		0x04	/* came from user mode */
#define FAULT_FLAG_ALLOW_RETRY	0x08	/* the mmap_lock may be dropped for I/O */
#define FAULT_FLAG_TRIED	0x10	/* second round */
#define FAULT_FLAG_UNUSE	0x20	/* swapoff: give the slot up, too */
#define FAULT_FLAG_COUNTED	0x40	/* an earlier round was counted as a major fault */

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	/* bring in vmf->pgoff: sets vmf->page with a reference, VM_FAULT_LOCKED. May sleep. */
	vm_fault_t (*fault)(struct vm_fault *vmf);
	/* map what is cached around vmf->address without sleeping; may be NULL */
	vm_fault_t (*map_pages)(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
	/* a clean shared page is about to be written: page locked; 0 or VM_FAULT_* */
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	const char *(*name)(struct vm_area_struct *vma);	/* "[vdso]" for /proc/PID/maps */
};

/* vm_area_struct - a range [vm_start, vm_end) of one process with one backing. (M) mmap_lock */
struct vm_area_struct {
	unsigned long vm_start;		/* (M) page aligned */
	unsigned long vm_end;		/* (M) first byte after */
	unsigned long vm_flags;		/* (M) */
	pgprot_t vm_page_prot;		/* (M) protection_map[] of the flags */
	struct mm_struct *vm_mm;
	struct rb_node vm_rb;		/* (M) in mm->mm_rb, by address */
	unsigned long vm_gap;		/* (M) hole below it, without the guard gap of a stack */
	unsigned long rb_subtree_gap;	/* (M) largest vm_gap of this subtree */
	const struct vm_operations_struct *vm_ops;	/* NULL: anonymous */
	struct file *vm_file;		/* mapped file, counted; NULL: anonymous */
	unsigned long vm_pgoff;		/* (M) pages; anon: vm_start >> PAGE_SHIFT at birth */
	void *vm_private_data;
	struct mempolicy vm_policy;	/* (M) all zero: the task's */
	struct anon_vma *anon_vma;	/* (M write; read + page_table_lock to set once) */
	struct list_head anon_vma_node;	/* (anon_vma->lock) in anon_vma->vmas */
	struct list_head i_mmap_node;	/* (i_mmap_lock) in mapping->i_mmap */
};

enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };

/* mm_struct - an address space. (M) mmap_lock, (P) page_table_lock */
struct mm_struct {
	struct rb_root mm_rb;		/* (M) vmas by address, augmented with gaps */
	struct vm_area_struct *vma_cache; /* last one found: a hint; cleared when it goes */
	pgd_t *pgd;
	atomic_t mm_users;		/* tasks that use the address space */
	atomic_t mm_count;		/* 1 for all users + lazy users (kernel threads, reaper) */
	int map_count;			/* (M) number of vmas, at most sysctl max_map_count */
	struct rw_semaphore mmap_lock;	/* the vma tree: faults read, mmap/fork/exec write */
	spinlock_t page_table_lock;	/* every PTE and table of this mm */
	struct list_head mmlist;	/* (mmlist_lock) mms that have had swap entries */
	unsigned long total_vm, locked_vm, pinned_vm, data_vm, exec_vm, stack_vm; /* (M) pages */
	unsigned long hiwater_rss, hiwater_vm;	/* pages, high marks */
	atomic_long_t rss_stat[NR_MM_COUNTERS];
	atomic_long_t pgtables_bytes;
	unsigned long start_code, end_code, start_data, end_data; /* set by execve */
	unsigned long start_brk, brk, start_stack;		/* (M) */
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long mmap_base;	/* top of the mmap area (grows down) */
	unsigned long def_flags;	/* (M) mlockall(MCL_FUTURE) */
	unsigned long saved_auxv[2 * 32];	/* for /proc/PID/auxv */
	unsigned long flags;		/* MMF_*, atomic bits */
	struct file *exe_file;		/* /proc/PID/exe, counted */
	cpumask_t cpu_mask;		/* harts that may hold our TLB entries (atomic bits) */
	mm_context_t context;
};

#define MMF_OOM_SKIP	0	/* reaped already: not worth choosing again */
#define MMF_OOM_VICTIM	1
#define MMF_UNSTABLE	2	/* being reaped: faults get SIGBUS, no fresh zero page */

/* vm_fault - one fault on its way. Set by handle_mm_fault(), read-only after, unless said. */
struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long address;		/* page aligned */
	unsigned long real_address;
	pgoff_t pgoff;			/* in the file or anon object */
	unsigned int flags;		/* FAULT_FLAG_* */
	pmd_t *pmd;			/* entry of the page-table page */
	pte_t *pte;			/* the PTE; valid only under page_table_lock */
	pte_t orig_pte;			/* its value when the fault was looked at */
	struct page *page;		/* set by vm_ops->fault */
	struct page *cow_page;		/* do_cow_fault: the private copy */
};
