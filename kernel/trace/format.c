/* SPDX-License-Identifier: MIT */
/*
 * Records as text, in ftrace's form:
 *
 *	            cow-23      [001] d... 12.3456789: mm_page_alloc: pfn=0x80a31 order=0 ...
 *	            name-pid    hart  flags time in s  event: fields
 *
 * A thread that is not its process's first has the process in brackets behind its pid.
 * Flags: d: interrupts were off; N: the task was to give up its hart. The clock ticks
 * ten million times a second, so the time has seven digits.
 *
 * An event that Linux has is named and written as Linux does. Fault, cow, buddy, swap and
 * LRU events are Quire's own.
 *
 * Locks: none: all it needs is in the record.
 *
 * Linux: kernel/trace/trace_output.c, the TP_printk lines of include/trace/events/.
 */
#include "kernel/drivers/block.h"
#include "kernel/printk.h"
#include "kernel/syscalls.h"
#include "kernel/sched.h"
#include "kernel/trace/internal.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/mm.h"
#include "mm/vmstat.h"

/* ---- pieces ---- */

/* names[n], or "?": a record is trusted, but not to be without faults. */
static const char *name_of(const char *const *names, size_t nr, u64 n)
{
	return n < nr && names[n] ? names[n] : "?";
}

/* Write, execute, read. */
static char access_letter(u64 flags)
{
	return flags & FAULT_FLAG_WRITE ? 'W' : flags & FAULT_FLAG_INSTRUCTION ? 'X' : 'R';
}

/* "GFP_KERNEL|__GFP_ZERO": the longest of the usual sets, and what is left. */
static void put_gfp(char *buf, size_t n, gfp_t gfp)
{
	static const struct { gfp_t bits; const char *name; } names[] = {
		{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" }, { GFP_KERNEL, "GFP_KERNEL" },
		{ GFP_NOFS, "GFP_NOFS" }, { GFP_NOIO, "GFP_NOIO" }, { GFP_ATOMIC, "GFP_ATOMIC" },
		{ GFP_NOWAIT, "GFP_NOWAIT" }, { __GFP_ZERO, "__GFP_ZERO" },
		{ __GFP_COMP, "__GFP_COMP" }, { __GFP_NOWARN, "__GFP_NOWARN" },
		{ __GFP_NORETRY, "__GFP_NORETRY" }, { __GFP_ACCOUNT, "__GFP_ACCOUNT" },
		{ __GFP_DMA32, "__GFP_DMA32" }, { __GFP_HIGH, "__GFP_HIGH" },
		{ __GFP_IO, "__GFP_IO" }, { __GFP_FS, "__GFP_FS" },
		{ __GFP_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM" },
		{ __GFP_KSWAPD_RECLAIM, "__GFP_KSWAPD_RECLAIM" },
		{ __GFP_NOFAIL, "__GFP_NOFAIL" }, { __GFP_MEMALLOC, "__GFP_MEMALLOC" },
		{ __GFP_NOMEMALLOC, "__GFP_NOMEMALLOC" }, { __GFP_MOVABLE, "__GFP_MOVABLE" },
	};
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if ((gfp & names[i].bits) != names[i].bits)
			continue;
		len += scnprintf(buf + len, n - len, "%s%s", len ? "|" : "", names[i].name);
		gfp &= ~names[i].bits;
	}
	if (gfp || !len)
		scnprintf(buf + len, n - len, "%s%#x", len ? "|" : "", gfp);
}

/* What a task leaves the hart as: running on, asleep, waiting for a disk, stopped, dead. */
static char state_letter(u64 state)
{
	if (state & TASK_DEAD)
		return 'X';
	if (state & __TASK_STOPPED)
		return 'T';
	if (state & TASK_UNINTERRUPTIBLE)
		return 'D';
	return state & TASK_INTERRUPTIBLE ? 'S' : 'R';
}

/* "read" of number 63, from the name of the function in the table. */
static const char *call_name(u64 nr, char *buf)
{
	unsigned long off;
	const char *fn = nr < NR_syscalls ?
		kallsyms_lookup((unsigned long)sys_call_table[nr], &off, buf) : NULL;

	return fn && !strncmp(fn, "sys_", 4) ? fn + 4 : "?";
}

/* Read, write, flush. */
static char op_letter(u32 op)
{
	return op == REQ_OP_READ ? 'R' : op == REQ_OP_WRITE ? 'W' : 'F';
}

/* ---- faults and copy-on-write ---- */

/* arg: address, pc, FAULT_FLAG_* */
static int print_fault_enter(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "address=0x%lx ip=0x%lx access=%c %s", r->arg[0], r->arg[1],
			 access_letter(r->arg[2]), r->arg[2] & FAULT_FLAG_USER ? "user" : "kernel");
}

/* arg: address, FAULT_FLAG_*, kind of the PTE, of the VMA; aux: the counter of the row */
static int print_fault(char *buf, size_t n, const struct trace_record *r)
{
	static const char *const ptes[] = { "none", "swap", "present" };
	static const char *const vmas[] = { "anon", "file-private", "file-shared" };
	static const char *const rows[] = {
		[FAULT_ANON_ZERO - FAULT_ANON_ZERO] = "do_anonymous_page: zero page",
		[FAULT_ANON_WRITE - FAULT_ANON_ZERO] = "do_anonymous_page: new page",
		[FAULT_FILE_READ - FAULT_ANON_ZERO] = "do_read_fault: page-cache page",
		[FAULT_FILE_COW - FAULT_ANON_ZERO] = "do_cow_fault: copy of the page-cache page",
		[FAULT_FILE_SHARED - FAULT_ANON_ZERO] = "do_shared_fault: page-cache page, dirty",
		[FAULT_SWAP - FAULT_ANON_ZERO] = "do_swap_page: page from swap cache or disk",
		[FAULT_WP_REUSE - FAULT_ANON_ZERO] = "do_wp_page: reused, writable",
		[FAULT_WP_COPY - FAULT_ANON_ZERO] = "do_wp_page: copied",
		[FAULT_SPURIOUS - FAULT_ANON_ZERO] = "fault_spurious: A, D set or TLB behind",
	};

	return scnprintf(buf, n, "pid %d va 0x%lx %c %s %s -> %s", r->pid, r->arg[0],
			 access_letter(r->arg[1]), name_of(ptes, ARRAY_SIZE(ptes), r->arg[2]),
			 name_of(vmas, ARRAY_SIZE(vmas), r->arg[3]),
			 name_of(rows, ARRAY_SIZE(rows), r->aux - FAULT_ANON_ZERO));
}

/* arg: address, VM_FAULT_*, was it a major one? */
static int print_fault_exit(char *buf, size_t n, const struct trace_record *r)
{
	const char *how = r->arg[2] ? "major" : "minor";

	if (r->arg[1] & VM_FAULT_OOM)
		how = "OOM";
	else if (r->arg[1] & VM_FAULT_SIGBUS)
		how = "SIGBUS";
	else if (r->arg[1] & VM_FAULT_SIGSEGV)
		how = "SIGSEGV";
	return scnprintf(buf, n, "address=0x%lx %s", r->arg[0], how);
}

/* arg: address, old frame (0: the zero page), new frame (the old one: reused) */
static int print_cow(char *buf, size_t n, const struct trace_record *r)
{
	if (r->arg[1] == r->arg[2])
		return scnprintf(buf, n, "va=0x%lx pfn=0x%lx reused", r->arg[0], r->arg[1]);
	if (!r->arg[1])
		return scnprintf(buf, n, "va=0x%lx zero page -> pfn=0x%lx", r->arg[0], r->arg[2]);
	return scnprintf(buf, n, "va=0x%lx pfn=0x%lx -> pfn=0x%lx copied", r->arg[0], r->arg[1],
			 r->arg[2]);
}

/* ---- page frames ---- */

/* arg: frame, gfp << 8 | order, free pages */
static int print_page_alloc(char *buf, size_t n, const struct trace_record *r)
{
	char gfp[96];

	put_gfp(gfp, sizeof(gfp), r->arg[1] >> 8);
	return scnprintf(buf, n, "pfn=0x%lx order=%lu gfp_flags=%s free=%lu", r->arg[0],
			 r->arg[1] & 255, gfp, r->arg[2]);
}

/* arg: frame, order, free pages */
static int print_page_free(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "pfn=0x%lx order=%lu free=%lu", r->arg[0], r->arg[1], r->arg[2]);
}

/* arg: frame, order before, after */
static int print_buddy(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "pfn=0x%lx order=%lu -> %lu", r->arg[0], r->arg[1], r->arg[2]);
}

/* arg: frame, swap area, slot */
static int print_swap(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "pfn=0x%lx type=%lu slot=%lu", r->arg[0], r->arg[1], r->arg[2]);
}

/* ---- reclaim ---- */

static const char *lru_name(u64 lru)
{
	static const char *const names[NR_LRU_LISTS] = {
		"inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable",
	};

	return name_of(names, NR_LRU_LISTS, lru);
}

/* arg: frame, list before, after */
static int print_lru_move(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "pfn=0x%lx %s -> %s%s", r->arg[0], lru_name(r->arg[1]),
			 lru_name(r->arg[2]), r->arg[1] == r->arg[2] ? " tail" : "");
}

/* arg: order, gfp */
static int print_reclaim_begin(char *buf, size_t n, const struct trace_record *r)
{
	char gfp[96];

	put_gfp(gfp, sizeof(gfp), r->arg[1]);
	return scnprintf(buf, n, "order=%lu gfp_flags=%s", r->arg[0], gfp);
}

static int print_reclaim_end(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "nr_reclaimed=%lu", r->arg[0]);
}

static int print_kswapd_wake(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "nid=%lu order=%lu", r->arg[0], r->arg[1]);
}

static int print_kswapd_sleep(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "nid=%lu nr_reclaimed=%lu", r->arg[0], r->arg[1]);
}

/* arg: list, pages looked at, pages freed */
static int print_shrink_inactive(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "%s nr_scanned=%lu nr_reclaimed=%lu", lru_name(r->arg[0]),
			 r->arg[1], r->arg[2]);
}

/* arg: list, pages looked at, pages moved */
static int print_shrink_active(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "%s nr_scanned=%lu nr_deactivated=%lu", lru_name(r->arg[0]),
			 r->arg[1], r->arg[2]);
}

/* aux: pid; arg: pages, name */
static int print_mark_victim(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "pid=%u comm=%.16s rss=%lukB", r->aux, (const char *)&r->arg[1],
			 r->arg[0] << (PAGE_SHIFT - 10));
}

/* ---- tasks ---- */

/* As Linux counts: 120 is nice 0. */
static int prio(u64 nice)
{
	return 120 + (int)nice;
}

/* aux: next pid; arg: state and nice of who leaves, nice of who comes, its name */
static int print_sched_switch(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "prev_comm=%.16s prev_pid=%d prev_prio=%d prev_state=%c ==> "
			 "next_comm=%.16s next_pid=%u next_prio=%d", r->comm, r->pid,
			 prio(r->arg[1]), state_letter(r->arg[0]), (const char *)&r->arg[3],
			 r->aux, prio(r->arg[2]));
}

/* aux: pid; arg: nice, hart, name */
static int print_sched_wakeup(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "comm=%.16s pid=%u prio=%d target_cpu=%03lu",
			 (const char *)&r->arg[2], r->aux, prio(r->arg[0]), r->arg[1]);
}

/* aux: number; arg: arguments */
static int print_sys_enter(char *buf, size_t n, const struct trace_record *r)
{
	char name[KSYM_NAME_LEN];

	return scnprintf(buf, n, "NR %u (%lx, %lx, %lx, %lx, %lx, %lx) %s", r->aux, r->arg[0],
			 r->arg[1], r->arg[2], r->arg[3], r->arg[4], r->arg[5],
			 call_name(r->aux, name));
}

/* arg: number, result */
static int print_sys_exit(char *buf, size_t n, const struct trace_record *r)
{
	char name[KSYM_NAME_LEN];

	return scnprintf(buf, n, "NR %lu = %ld %s", r->arg[0], (long)r->arg[1],
			 call_name(r->arg[0], name));
}

/* ---- disks and marks ---- */

/* aux: operation; arg: device, first sector, sectors, error */
static int print_bio(char *buf, size_t n, const struct trace_record *r)
{
	int len = scnprintf(buf, n, "%u,%u %c %lu + %lu", MAJOR(r->arg[0]), MINOR(r->arg[0]),
			    op_letter(r->aux), r->arg[1], r->arg[2]);

	if (r->event == TRACE_BIO_COMPLETE)
		len += scnprintf(buf + len, n - len, " [%d]", (int)r->arg[3]);
	return len;
}

/* arg: up to 48 bytes */
static int print_mark(char *buf, size_t n, const struct trace_record *r)
{
	return scnprintf(buf, n, "%.48s", (const char *)r->arg);
}

/* ---- the table ---- */

const struct trace_event_desc trace_events[NR_TRACE_EVENTS] = {
	[TRACE_FAULT_ENTER]	= { "fault", "fault_enter", print_fault_enter },
	[TRACE_FAULT]		= { "fault", "fault", print_fault },
	[TRACE_FAULT_EXIT]	= { "fault", "fault_exit", print_fault_exit },
	[TRACE_PAGE_ALLOC]	= { "alloc", "mm_page_alloc", print_page_alloc },
	[TRACE_PAGE_FREE]	= { "free", "mm_page_free", print_page_free },
	[TRACE_PAGE_SPLIT]	= { "split", "buddy_split", print_buddy },
	[TRACE_PAGE_MERGE]	= { "merge", "buddy_merge", print_buddy },
	[TRACE_COW]		= { "cow", "cow", print_cow },
	[TRACE_SWAP_IN]		= { "swap", "swap_in", print_swap },
	[TRACE_SWAP_OUT]	= { "swap", "swap_out", print_swap },
	[TRACE_LRU_MOVE]	= { "lru", "lru_move", print_lru_move },
	[TRACE_RECLAIM_BEGIN]	= { "reclaim", "mm_vmscan_direct_reclaim_begin",
				    print_reclaim_begin },
	[TRACE_RECLAIM_END]	= { "reclaim", "mm_vmscan_direct_reclaim_end", print_reclaim_end },
	[TRACE_KSWAPD_WAKE]	= { "reclaim", "mm_vmscan_kswapd_wake", print_kswapd_wake },
	[TRACE_KSWAPD_SLEEP]	= { "reclaim", "mm_vmscan_kswapd_sleep", print_kswapd_sleep },
	[TRACE_SHRINK_INACTIVE]	= { "reclaim", "mm_vmscan_lru_shrink_inactive",
				    print_shrink_inactive },
	[TRACE_SHRINK_ACTIVE]	= { "reclaim", "mm_vmscan_lru_shrink_active", print_shrink_active },
	[TRACE_MARK_VICTIM]	= { "oom", "mark_victim", print_mark_victim },
	[TRACE_SCHED_SWITCH]	= { "sched", "sched_switch", print_sched_switch },
	[TRACE_SCHED_WAKEUP]	= { "sched", "sched_wakeup", print_sched_wakeup },
	[TRACE_SYS_ENTER]	= { "syscall", "sys_enter", print_sys_enter },
	[TRACE_SYS_EXIT]	= { "syscall", "sys_exit", print_sys_exit },
	[TRACE_BIO_QUEUE]	= { "block", "block_bio_queue", print_bio },
	[TRACE_BIO_COMPLETE]	= { "block", "block_bio_complete", print_bio },
	[TRACE_MARK]		= { "mark", "tracing_mark_write", print_mark },
};

int trace_format(char *buf, size_t n, const struct trace_record *r, unsigned int cpu)
{
	const struct trace_event_desc *e = &trace_events[r->event % NR_TRACE_EVENTS];
	char tgid[16] = "";
	int len;

	if (r->pid != r->tgid)
		scnprintf(tgid, sizeof(tgid), "(%7d) ", r->tgid);
	len = scnprintf(buf, n, "%16.16s-%-7d %s[%03u] %c%c.. %5lu.%07lu: %s: ", r->comm, r->pid,
			tgid, cpu, r->flags & TRACE_FLAG_IRQS_OFF ? 'd' : '.',
			r->flags & TRACE_FLAG_RESCHED ? 'N' : '.', r->ts / NSEC_PER_SEC,
			r->ts % NSEC_PER_SEC / 100, e->name);
	len += e->print(buf + len, n - len, r);
	len = min_t(int, len, (int)n - 2);
	buf[len++] = '\n';
	buf[len] = '\0';
	return len;
}
