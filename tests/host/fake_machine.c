/* SPDX-License-Identifier: MIT */
/*
 * fake_machine.c - see fake_machine.h. One thread: locks are checked for being
 * free when taken and taken when freed, harts are a number.
 */
#include <sys/mman.h>

#include "fake_machine.h"
#include <asm/page.h>
#include <asm/pgtable.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "mm/debug.h"
#include "mm/lru.h"
#include "mm/memblock.h"
#include "mm/oom.h"
#include "mm/swap.h"
#include "mm/writeback.h"

unsigned long fake_page_offset, phys_ram_base, kernel_pa_start, min_low_pfn, max_pfn;
bool fake_irqs_on = true;
unsigned long fake_tlb_flushes;
static struct task_struct fake_task;
struct task_struct *fake_current = &fake_task;
pgd_t swapper_pg_dir[PTRS_PER_PGD];
unsigned int nr_cpu_ids = CONFIG_NR_CPUS;
cpumask_t cpu_online_mask = (1UL << CONFIG_NR_CPUS) - 1;

char fake_log[64 << 10];
static size_t fake_log_len;
const char *fake_cmdline = "";
unsigned long (*fake_reclaim)(unsigned int order);
bool (*fake_oom)(void);
unsigned int fake_kswapd_wakeups, fake_reclaims, fake_ooms;

static size_t fake_ram_size;

void fake_ram(phys_addr_t base, size_t size)
{
	size_t align = 4UL << 20;	/* the largest buddy block */
	char *p;

	if (fake_page_offset)
		munmap((void *)fake_page_offset, fake_ram_size);
	p = mmap(NULL, size + align, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(p != MAP_FAILED);
	memset(p, 0xe5, size + align);
	fake_page_offset = (unsigned long)p;
	fake_ram_size = size + align;
	phys_ram_base = base;
	min_low_pfn = PFN_UP(base);
	max_pfn = PFN_DOWN(base + size);
	memset(swapper_pg_dir, 0, sizeof(swapper_pg_dir));
	memblock_memory.cnt = memblock_reserved.cnt = 0;
	assert_int_equal(memblock_add_node(base, size, 0), 0);
	strcpy(fake_task.comm, "test");
}

void fake_hart(unsigned int cpu)
{
	fake_task.thread_info.cpu = cpu;
}

void clear_page(void *page) { memset(page, 0, PAGE_SIZE); }
void copy_page(void *to, const void *from) { memcpy(to, from, PAGE_SIZE); }

/* ---- printing ---- */

int vprintk(const char *fmt, va_list ap)
{
	size_t room = sizeof(fake_log) - fake_log_len;
	int n;

	if (fmt[0] == '\001')
		fmt += 2;
	n = vsnprintf(fake_log + fake_log_len, room, fmt, ap);
	fake_log_len += min((size_t)n, room - 1);
	return n;
}

int printk(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintk(fmt, ap);
	va_end(ap);
	return n;
}

void fake_log_clear(void)
{
	fake_log[0] = '\0';
	fake_log_len = 0;
}

bool fake_logged(const char *text)
{
	return strstr(fake_log, text);
}

void panic(const char *fmt, ...)
{
	bug_at(__FILE__, __LINE__, fmt);
}

bool printk_ratelimit(void) { return true; }
void dump_stack(void) { }
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset, char *name) { return NULL; }

bool cmdline_get(const char *name, char *buf, size_t n)
{
	const char *p = fake_cmdline;
	size_t len = strlen(name);

	for (; p && *p; p = strchr(p, ' ') ? strchr(p, ' ') + 1 : NULL) {
		if (strncmp(p, name, len) || (p[len] && p[len] != '=' && p[len] != ' '))
			continue;
		if (buf && n)
			snprintf(buf, n, "%.*s", p[len] == '=' ? (int)strcspn(p + len + 1, " ") : 0,
				 p + len + 1);
		return true;
	}
	return false;
}

bool cmdline_has(const char *name) { return cmdline_get(name, NULL, 0); }

/* ---- locks: one thread, so a lock that is taken twice would hang ---- */

void spin_lock_slow(spinlock_t *lock) { fail_msg("spinlock %s taken twice", lock->name); }
void lock_rank_acquire(const void *lock, unsigned int rank, const char *name, bool nested) { }
void lock_rank_release(const void *lock, unsigned int rank, const char *name) { }
void assert_lock_held(const void *lock, const char *what, const char *file, int line) { }
void __might_sleep(const char *file, int line) { }

void mutex_lock(struct mutex *m)
{
	assert_null(m->owner);
	m->owner = current;
}

void mutex_unlock(struct mutex *m)
{
	assert_ptr_equal(m->owner, current);
	m->owner = NULL;
}

void init_waitqueue_head(struct wait_queue_head *wq)
{
	spin_lock_init(&wq->lock, RANK_WAITQ, "wq");
	INIT_LIST_HEAD(&wq->head);
}

void smp_call_all(void (*fn)(void *arg), void *arg)
{
	unsigned int me = smp_processor_id(), cpu;

	for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
		fake_hart(cpu);
		fn(arg);
	}
	fake_hart(me);
}

/* ---- scheduler and reclaim ---- */

volatile unsigned long jiffies;
void __cond_resched(void) { }
long schedule_timeout_uninterruptible(long timeout)
{
	jiffies += timeout;
	return 0;
}

__weak unsigned long lru_pages(enum lru_list lru) { return fake_reclaim ? 1000000 : 0; }
void wakeup_kswapd(struct zone *zone, gfp_t gfp, unsigned int order) { fake_kswapd_wakeups++; }

unsigned long try_to_free_pages(struct zonelist *zl, unsigned int order, gfp_t gfp)
{
	fake_reclaims++;
	assert_true(current->flags & PF_MEMALLOC);
	return fake_reclaim ? fake_reclaim(order) : 0;
}

bool out_of_memory(gfp_t gfp, unsigned int order)
{
	fake_ooms++;
	return fake_oom && fake_oom();
}

unsigned long total_swap_pages(void) { return 0; }
long get_nr_swap_pages(void) { return 0; }
unsigned long total_swapcache_pages(void) { return 0; }
void dirty_limits(unsigned long *background, unsigned long *limit) { *background = *limit = 0; }
