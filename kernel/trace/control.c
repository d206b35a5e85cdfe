/* SPDX-License-Identifier: MIT */
/*
 * What is traced: the switches, and the memory of the rings.
 *
 * Two things must both be on: the event, and tracing_on. trace_mask, which the hooks
 * look at, is the first where the second is. The rings get their memory when the first
 * event is switched on, so a kernel that never traces spends none.
 *
 * A ring changes its size, or loses its memory, while nobody can be writing: first the
 * mask is cleared; hooks that saw it set before are inside with interrupts off, so an
 * interrupt that every hart has answered says that they are out: quiesce().
 *
 * Locks: trace_mutex around every change. The hooks take none.
 *
 * Linux: kernel/trace/trace_events.c, trace.c. Differs: no instances, filters, triggers.
 */
#include <asm/smp.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/trace/internal.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/vmalloc.h"

#define DEFAULT_KB	512
#define MAX_KB		(256UL << 10)

DEFINE_MUTEX(trace_mutex, RANK_PROC);
static unsigned long enabled;		/* switched on: (trace_mutex) */
static bool on = true;			/* tracing_on: (trace_mutex) */
static unsigned long buffer_kb = DEFAULT_KB;	/* of each ring, now or when it is made */

/* ---- names ---- */

/* Does the word, of len bytes, mean this event? */
static bool matches(const struct trace_event_desc *e, const char *word, size_t len)
{
	size_t group = strlen(e->group);

	if (len > group && !strncmp(word, e->group, group) && word[group] == ':') {
		word += group + 1;
		len -= group + 1;
	} else if (len == group && !strncmp(word, e->group, len)) {
		return true;
	}
	return (len == strlen(e->name) && !strncmp(word, e->name, len)) ||
	       (len == 1 && *word == '*');
}

/* A mask of all that fit the word; 0: none does. */
static unsigned long find_events(const char *word, size_t len)
{
	unsigned long found = 0;

	if (len == 3 && !strncmp(word, "all", 3))
		return TRACE_SWITCHES;
	for (unsigned int i = 0; i < NR_TRACE_EVENTS; i++) {
		if (i != TRACE_MARK && matches(&trace_events[i], word, len))
			found |= 1UL << i;
	}
	return found;
}

/* For the files of whole groups. */
unsigned long trace_find(const char *word)
{
	return find_events(word, strlen(word));
}

/* Words are parted by commas or white space; '!' in front takes away. */
int trace_parse_list(char *text, unsigned long *mask)
{
	static const char gap[] = ", \t\n";
	unsigned long result = *mask;

	for (text += strspn(text, gap); *text; text += strspn(text, gap)) {
		size_t len = strcspn(text, gap);
		bool off = *text == '!';
		unsigned long events = find_events(text + off, len - off);

		if (!events)
			return -EINVAL;
		result = off ? result & ~events : result | events;
		text += len;
	}
	*mask = result;
	return 0;
}

/* ---- switching: trace_mutex held, or boot ---- */

static void update_mask(void)
{
	unsigned long mask = on ? enabled : 0;

	trace_syscalls(mask & (1UL << TRACE_SYS_ENTER | 1UL << TRACE_SYS_EXIT));
	/* A program's marks need no switch but memory. */
	WRITE_ONCE(trace_live, mask | (on && trace_rings[0].slots ? 1UL << TRACE_MARK : 0));
	WRITE_ONCE(trace_mask, mask);
}

static void nothing(void *unused)
{
}

/* Afterwards no hart is between trace_begin() and trace_end(). */
static void quiesce(void)
{
	WRITE_ONCE(trace_mask, 0);
	WRITE_ONCE(trace_live, 0);
	smp_call_all(nothing, NULL);
}

/* => nobody writes: see quiesce(). Readers hold trace_mutex. */
static void free_rings(void)
{
	for (unsigned int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
		vfree(trace_rings[cpu].slots);
		trace_rings[cpu] = (struct trace_ring){ 0 };
	}
}

/* All or nothing. */
static int alloc_rings(unsigned long kb)
{
	u64 nr_slots = (kb << 10) / sizeof(struct trace_record);

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct trace_record *slots = vmalloc(nr_slots * sizeof(*slots));

		if (!slots) {
			free_rings();
			return -ENOMEM;
		}
		trace_rings[cpu] = (struct trace_ring){ .slots = slots, .nr_slots = nr_slots };
	}
	return 0;
}

/* The first event, or mark, pays for the rings of all harts. */
static int need_rings(void)
{
	if (trace_rings[0].slots)
		return 0;
	buffer_kb = buffer_kb ? buffer_kb : DEFAULT_KB;
	return alloc_rings(buffer_kb);
}

/* Off without memory for the rings, rather than on without effect. */
static int __trace_enable(unsigned long set, unsigned long clear)
{
	int err = set ? need_rings() : 0;

	if (err)
		return err;
	enabled = (enabled & ~clear) | set;
	update_mask();
	return 0;
}

int trace_enable(unsigned long set, unsigned long clear)
{
	int err;

	mutex_lock(&trace_mutex);
	err = __trace_enable(set, clear);
	mutex_unlock(&trace_mutex);
	return err;
}

int trace_need_memory(void)
{
	int err;

	mutex_lock(&trace_mutex);
	err = need_rings();
	update_mask();
	mutex_unlock(&trace_mutex);
	return err;
}

void trace_set_on(bool value)
{
	mutex_lock(&trace_mutex);
	on = value;
	update_mask();
	mutex_unlock(&trace_mutex);
}

/* => trace_mutex held. The old contents are lost. */
static int __trace_resize(unsigned long kb)
{
	bool had = trace_rings[0].slots;
	int err = 0;

	if (kb > MAX_KB || (!kb && enabled))
		return -EINVAL;
	quiesce();
	free_rings();
	if (kb && had)
		err = alloc_rings(kb);
	if (err)
		enabled = 0;		/* no memory, no tracing */
	else
		buffer_kb = kb;
	update_mask();
	return err;
}

int trace_resize(unsigned long kb)
{
	int err;

	mutex_lock(&trace_mutex);
	err = __trace_resize(kb);
	mutex_unlock(&trace_mutex);
	return err;
}

void trace_clear(void)
{
	mutex_lock(&trace_mutex);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		trace_ring_clear(&trace_rings[cpu]);
	mutex_unlock(&trace_mutex);
}

/* Single words, read whole: a reader without the lock sees the state of some moment. */
unsigned long trace_enabled(void)
{
	return READ_ONCE(enabled);
}

bool trace_is_on(void)
{
	return READ_ONCE(on);
}

unsigned long trace_buffer_kb(void)
{
	return READ_ONCE(buffer_kb);
}

/* A word that is unknown is told, and the boot goes on: the command line may not stop it. */
void trace_init(void)
{
	unsigned long mask = 0;
	char list[128];

	if (!cmdline_get("trace", list, sizeof(list)))
		return;
	if (trace_parse_list(list, &mask))
		pr_warn("trace=%s: unknown event; see /sys/kernel/tracing/available_events\n",
			list);
	else if (__trace_enable(mask, 0))
		pr_warn("trace: no memory for the buffers\n");
}
