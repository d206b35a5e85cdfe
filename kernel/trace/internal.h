/* SPDX-License-Identifier: MIT */
/*
 * Between the files of kernel/trace: the rings, the table of events, what is switched on.
 *
 * Linux: kernel/trace/trace.h.
 */
#pragma once
#include "kernel/lock/mutex.h"
#include "kernel/trace/ring.h"
#include "kernel/trace/trace.h"

#define TRACE_LINE_MAX	256		/* bytes of a line of text, with its newline and 0 */

extern unsigned long trace_live;	/* trace_mask, and TRACE_MARK while there are rings */
extern struct trace_ring trace_rings[CONFIG_NR_CPUS];
extern struct mutex trace_mutex;	/* guards what follows, and the size of the rings */

/*
 * trace_begin() - the next slot of this hart's ring; NULL: the event is not traced. Else
 * interrupts are off until trace_end(), and *flags is what they were.
 */
struct trace_record *trace_begin(enum trace_event event, unsigned long *flags);
void trace_end(unsigned long flags);
/* trace_write3() - an event of up to three numbers. */
void trace_write3(enum trace_event event, unsigned long a, unsigned long b, unsigned long c);

/* An event: its directory and name, and how its numbers read. */
struct trace_event_desc {
	const char *group, *name;
	/* fields as text into buf, at most n bytes with the 0: their number */
	int (*print)(char *buf, size_t n, const struct trace_record *r);
};
extern const struct trace_event_desc trace_events[NR_TRACE_EVENTS];

/* trace_format() - the whole line of a record on hart cpu; its length. */
int trace_format(char *buf, size_t n, const struct trace_record *r, unsigned int cpu);

/* What is on (control.c). Masks: bit n is event n. */
#define TRACE_ALL	((1UL << NR_TRACE_EVENTS) - 1)
#define TRACE_SWITCHES	(TRACE_ALL & ~(1UL << TRACE_MARK))	/* trace_marker has no switch */

/* trace_find() - the events of a word: event, group, group:event, all; 0: unknown. */
unsigned long trace_find(const char *word);
/* trace_parse_list() - "fault,!sched" and the like change *mask. 0, or -EINVAL: unchanged. */
int __must_check trace_parse_list(char *text, unsigned long *mask);
/* trace_enabled() - what is switched on, recorded just now or not. */
unsigned long trace_enabled(void);
bool trace_is_on(void);			/* tracing_on */
unsigned long trace_buffer_kb(void);	/* of one hart; 0: no buffer */
/* Changes. => may sleep, take trace_mutex. 0, -ENOMEM or -EINVAL. */
int __must_check trace_enable(unsigned long set, unsigned long clear);
/* trace_need_memory() - make the rings if there are none: for marks while no event is on. */
int __must_check trace_need_memory(void);
void trace_set_on(bool on);
int __must_check trace_resize(unsigned long kb);
void trace_clear(void);			/* empty all rings */
/* trace_mark_text() - n bytes of a program's own, as tracing_mark_write events. */
void trace_mark_text(const char *text, size_t n);

/* The table of system calls that entry.S uses: the real one, or one that traces (syscall.c). */
void trace_syscalls(bool on);
