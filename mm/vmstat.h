/* SPDX-License-Identifier: MIT */
/*
 * Event counters, per hart, summed when read. Names: vmstat_text[] in vmstat.c,
 * as in Linux's /proc/vmstat; the fault_* ones are ours (one a row of the
 * decision table in mm/fault.c).
 *
 * Linux: include/linux/vmstat.h, vm_event_item.h.
 */
#pragma once
#include <asm/processor.h>
#include "lib/types.h"

enum vm_event_item {
	PGPGIN, PGPGOUT, PSWPIN, PSWPOUT, PGALLOC_DMA32, PGALLOC_NORMAL, PGFREE,
	PGACTIVATE, PGDEACTIVATE, PGLAZYFREED, PGFAULT, PGMAJFAULT, PGREFILL,
	PGREUSE, PGSTEAL_KSWAPD, PGSTEAL_DIRECT, PGSCAN_KSWAPD, PGSCAN_DIRECT,
	PGSCAN_ANON, PGSCAN_FILE, PGSTEAL_ANON, PGSTEAL_FILE, PGINODESTEAL,
	SLABS_SCANNED, KSWAPD_INODESTEAL, KSWAPD_LOW_WMARK_HIT_QUICKLY,
	KSWAPD_HIGH_WMARK_HIT_QUICKLY, PAGEOUTRUN, ALLOCSTALL, PGROTATED,
	DROP_PAGECACHE, DROP_SLAB, OOM_KILL, SWAP_RA, SWAP_RA_HIT,
	WORKINGSET_REFAULT_ANON, WORKINGSET_REFAULT_FILE, WORKINGSET_ACTIVATE,
	UNEVICTABLE_PGCULLED, UNEVICTABLE_PGRESCUED, UNEVICTABLE_PGMLOCKED,
	UNEVICTABLE_PGMUNLOCKED, PGMIGRATE_SUCCESS,
	FAULT_ANON_ZERO, FAULT_ANON_WRITE, FAULT_FILE_READ, FAULT_FILE_COW,
	FAULT_FILE_SHARED, FAULT_SWAP, FAULT_WP_REUSE, FAULT_WP_COPY, FAULT_SPURIOUS,
	FAULT_AROUND, DIRTY_THROTTLED, WRITEBACK_ERROR, TLB_REMOTE_FLUSH,
	SLAB_ALLOC_SLOW, PCP_REFILL,
	NR_VM_EVENT_ITEMS
};

struct vm_event_state {
	unsigned long event[NR_VM_EVENT_ITEMS];
} __attribute__((aligned(64)));
extern struct vm_event_state vm_event_states[CONFIG_NR_CPUS];

/* Not exact if an interrupt counts the same item in between: good enough for events. */
static inline void count_vm_events(enum vm_event_item item, unsigned long n)
{
	vm_event_states[smp_processor_id()].event[item] += n;
}
static inline void count_vm_event(enum vm_event_item item) { count_vm_events(item, 1); }
unsigned long vm_event(enum vm_event_item item);	/* sum over all harts */
/* vmstat_for_each() - every "name value" of /proc/vmstat in order. */
void vmstat_for_each(void (*fn)(const char *name, unsigned long value, void *arg), void *arg);
/* vmstat_for_each_of_node() - those of one node, for /sys/devices/system/node/nodeN/vmstat. */
struct pglist_data;
void vmstat_for_each_of_node(struct pglist_data *pgdat,
			     void (*fn)(const char *name, unsigned long value, void *arg),
			     void *arg);

/*
 * Where pages came from, by node: HIT and MISS were handed out by this node to harts that are
 * nearest to it and to others, FOREIGN went to its own harts from elsewhere. Single pages only.
 */
enum numa_event_item {
	NUMA_HIT, NUMA_MISS, NUMA_FOREIGN, NUMA_INTERLEAVE_HIT, NUMA_LOCAL, NUMA_OTHER,
	NR_NUMA_EVENTS
};
unsigned long numa_event(int nid, enum numa_event_item item);
