/* SPDX-License-Identifier: MIT */
/*
 * fake_mm.c - what address spaces need besides a fake machine: a sleeping lock
 * that must never be taken twice, files of which only the page cache exists, and
 * a swap device that is always full.
 */
#include <asm/tlbflush.h>
#include "fake_mm.h"
#include <asm/mmu_context.h>
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "mm/lru.h"
#include "mm/madvise.h"
#include "mm/memblock.h"
#include "mm/page_internal.h"
#include "mm/pgtable.h"
#include "mm/reclaim.h"
#include "mm/shmem.h"
#include "mm/slab.h"
#include "mm/swap_internal.h"
#include "mm/writeback.h"

#define RAM_BASE	0x80000000UL

const pgprot_t protection_map[16] = {
	[VM_NONE] = PAGE_NONE, [VM_READ] = PAGE_READ, [VM_WRITE] = PAGE_READ,
	[VM_WRITE | VM_READ] = PAGE_READ, [VM_EXEC] = PAGE_EXEC,
	[VM_EXEC | VM_READ] = PAGE_READ_EXEC, [VM_EXEC | VM_WRITE] = PAGE_READ_EXEC,
	[VM_EXEC | VM_WRITE | VM_READ] = PAGE_READ_EXEC,
	[VM_SHARED] = PAGE_NONE, [VM_SHARED | VM_READ] = PAGE_READ,
	[VM_SHARED | VM_WRITE] = PAGE_WRITE, [VM_SHARED | VM_WRITE | VM_READ] = PAGE_WRITE,
	[VM_SHARED | VM_EXEC] = PAGE_EXEC, [VM_SHARED | VM_EXEC | VM_READ] = PAGE_READ_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE] = PAGE_WRITE_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE | VM_READ] = PAGE_WRITE_EXEC,
};
struct page *empty_zero_page;

/* ---- a semaphore for one thread: count of readers, or -1 ---- */

void init_rwsem(struct rw_semaphore *sem, enum lock_rank rank, const char *name)
{
	sem->count = 0;
	sem->name = name;
}
void down_read(struct rw_semaphore *sem)
{
	assert_true(sem->count >= 0);
	sem->count++;
}
void up_read(struct rw_semaphore *sem)
{
	assert_true(sem->count > 0);
	sem->count--;
}
void down_write(struct rw_semaphore *sem)
{
	assert_int_equal(sem->count, 0);
	sem->count = -1;
}
void down_write_nested(struct rw_semaphore *sem) { down_write(sem); }
int down_write_killable(struct rw_semaphore *sem)
{
	down_write(sem);
	return 0;
}
void up_write(struct rw_semaphore *sem)
{
	assert_int_equal(sem->count, -1);
	sem->count = 0;
}
void downgrade_write(struct rw_semaphore *sem)
{
	up_write(sem);
	down_read(sem);
}

/* ---- folios ---- */

void folio_lock(struct folio *f) { assert_true(folio_trylock(f)); }
void folio_unlock(struct folio *f) { assert_true(folio_test_clear(f, PG_locked)); }
void folio_wait_locked(struct folio *f) { assert_false(folio_test(f, PG_locked)); }
unsigned long fake_flushes_when_dirtied;
bool folio_mark_dirty(struct folio *f)
{
	fake_flushes_when_dirtied = fake_tlb_flushes;
	return !folio_test_set(f, PG_dirty);
}
void balance_dirty_pages(void) { }
bool balance_dirty_due(void) { return false; }
void workingset_activation(struct folio *f) { }
bool fatal_signal_pending(struct task_struct *t) { return false; }
void init_new_context(struct mm_struct *mm) { mm->context.id = 0; }
void destroy_context(struct mm_struct *mm) { }

/* ---- swap: full ---- */

int swap_duplicate(swp_entry_t e) { return -EINVAL; }
void swap_free(swp_entry_t e) { fail(); }
void free_swap_and_cache(swp_entry_t e) { fail(); }
bool folio_free_swap(struct folio *f) { return false; }
void free_swap_cache(struct folio *f) { }
struct folio *swap_cache_get_folio(swp_entry_t e) { return NULL; }
int swapin_readahead(swp_entry_t e, gfp_t gfp, struct folio **f) { return -ENOENT; }

/* ---- one file, all of it cached ---- */

static struct super_block fake_sb = { .s_maxbytes = LONG_MAX };
static struct inode fake_inode = { .i_mode = S_IFREG | 0644, .i_sb = &fake_sb };
static struct folio *fake_cache[FAKE_FILE_PAGES];
static struct address_space *const fake_mapping = &fake_inode.i_data;

static vm_fault_t fake_fault(struct vm_fault *vmf)
{
	struct folio *f;

	if (vmf->pgoff >= FAKE_FILE_PAGES)
		return VM_FAULT_SIGBUS;
	f = fake_cache[vmf->pgoff];
	folio_get(f);
	folio_lock(f);
	vmf->page = &f->page;
	return VM_FAULT_LOCKED;
}

static vm_fault_t fake_mkwrite(struct vm_fault *vmf)
{
	folio_mark_dirty(page_folio(vmf->page));
	return 0;
}

static const struct vm_operations_struct fake_vm_ops = {
	.fault = fake_fault, .page_mkwrite = fake_mkwrite,
};

static int fake_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &fake_vm_ops;
	return 0;
}

static const struct file_operations fake_fop = { .mmap = fake_mmap };
struct file fake_file = {
	.f_mode = FMODE_READ | FMODE_WRITE, .f_inode = &fake_inode, .f_mapping = &fake_inode.i_data,
	.f_op = &fake_fop,
};

unsigned long *fake_file_data(unsigned long index)
{
	return folio_address(fake_cache[index]);
}

struct file *fget(unsigned int fd) { return fd == 3 ? get_file(&fake_file) : NULL; }
void fput(struct file *f) { atomic_dec(&f->f_count); }
bool path_noexec(const struct path *path) { return false; }
int shmem_zero_setup(struct vm_area_struct *vma) { return -ENOMEM; }

/* ---- start ---- */

static struct signal_struct fake_signal;

static void fake_mm_boot(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		fake_signal.rlim[i] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	fake_signal.rlim[RLIMIT_STACK].rlim_cur = 8UL << 20;
	current->signal = &fake_signal;
	mm_cache_init();
	empty_zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	assert_non_null(empty_zero_page);
	spin_lock_init(&fake_mapping->i_mmap_lock, RANK_RMAP, "i_mmap");
	INIT_LIST_HEAD(&fake_mapping->i_mmap);
	for (int i = 0; i < FAKE_FILE_PAGES; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		assert_non_null(page);
		fake_cache[i] = page_folio(page);
		fake_cache[i]->mapping = fake_mapping;
		fake_cache[i]->index = i;
		*fake_file_data(i) = 0xf11e0000 + i;
	}
	for (int i = 0; i < NR_LRU_LISTS; i++)
		INIT_LIST_HEAD(&NODE_DATA(0)->lruvec.lists[i]);
}

void fake_machine_boot(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	fake_ram(RAM_BASE, 32UL << 20);
	memblock_reserve(RAM_BASE, 1UL << 20);
	free_area_init();
	memblock_free_all();
	page_alloc_enable_reclaim();
	kmem_cache_init();
	fake_mm_boot();
}

unsigned long fake_settled_free(void)
{
	slab_shrink_all();
	drain_all_pages();
	mm_check_buddy();
	return nr_free_pages();
}

/* ---- the program ---- */

int fake_user_access(struct mm_struct *mm, unsigned long addr, bool write, unsigned long *value)
{
	for (int tries = 0; tries < 4; tries++) {
		pte_t *pte = walk_pte(mm, addr), e = pte ? ptep_get(pte) : __pte(0);
		unsigned long *word;
		int code;

		if ((pte_val(e) & _PAGE_PRESENT) && (write ? pte_write(e) : pte_read(e))) {
			word = pfn_to_virt(pte_pfn(e));
			if (write)
				*word = *value;
			else
				*value = *word;
			return 0;
		}
		if (mm_user_fault(mm, addr, write ? FAULT_FLAG_WRITE : 0, &code))
			return code;
	}
	fail_msg("no progress at %lx", addr);
	return -1;
}

/* ---- advice about pages needs reclaim and read-ahead: not here ---- */

int madvise_willneed(struct vm_area_struct *vma, unsigned long s, unsigned long e) { return 0; }
int madvise_free(struct vm_area_struct *vma, unsigned long s, unsigned long e) { return 0; }
int madvise_cold(struct vm_area_struct *vma, unsigned long s, unsigned long e) { return 0; }
int madvise_pageout(struct vm_area_struct *vma, unsigned long s, unsigned long e) { return 0; }
