/* SPDX-License-Identifier: MIT */
/*
 * /sys/kernel/tracing/trace: the rings of all harts as one text, by time.
 *
 * Whoever opens the file gets a reader of his own, which knows how far it has come in
 * each ring. The text is made line by line as it is read, so it costs no memory however
 * long it is; reading takes nothing out of the rings. What is written after the
 * first read is not shown: else a traced `cat` would read about its own reading for ever.
 * Records that were overwritten before their turn are told as "[LOST n EVENTS]".
 *
 * Truncating the file ("echo >trace") empties the rings.
 *
 * Locks: reader->lock (RANK_SEQ) for two who share the open file. trace_mutex is held
 * while lines are made, so that the rings keep their memory.
 *
 * Linux: kernel/trace/trace.c, s_start(), s_next(), print_trace_line().
 */
#include <asm/smp.h>
#include "kernel/fs/kernfs.h"
#include "kernel/trace/internal.h"
#include "kernel/trace/tracefs.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"

/* Where a reader is in one ring. */
struct trace_cursor {
	u64 pos, end;			/* next record; the first that is not shown */
	u64 lost;			/* before `next`, not yet told */
	bool have;			/* next is valid */
	struct trace_record next;
};

struct trace_reader {
	struct mutex lock;
	bool started;
	size_t off, len;		/* what of line is still to be given */
	char line[8 * TRACE_LINE_MAX];	/* the head of the text is one "line" */
	struct trace_cursor cursor[CONFIG_NR_CPUS];
};

/* ---- making lines: reader->lock and trace_mutex held ---- */

static const char head[] =
"# tracer: nop\n"
"#\n"
"# entries-in-buffer/entries-written: %lu/%lu   #P:%u\n"
"#\n"
"#                              _-----=> irqs-off\n"
"#                             / _----=> need-resched\n"
"#                             || \n"
"#           TASK-PID    [HART]||   TIMESTAMP       EVENT: FIELDS\n";

/* From now on every ring has an end, and the head of the text says what is in them. */
static void start(struct trace_reader *rd)
{
	u64 here = 0, written = 0;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct trace_ring *r = &trace_rings[cpu];
		struct trace_cursor *c = &rd->cursor[cpu];

		c->have = false;
		c->lost = 0;
		c->pos = READ_ONCE(r->start);
		c->end = READ_ONCE(r->head);
		written += c->end - c->pos;
		here += r->slots ? c->end - trace_ring_oldest(r) : 0;
	}
	rd->started = true;
	rd->off = 0;
	rd->len = scnprintf(rd->line, sizeof(rd->line), head, here, written, nr_cpu_ids);
}

/* Make c->next the record at c->pos, if there is one. */
static bool fill(struct trace_cursor *c, unsigned int cpu)
{
	if (c->have)
		return true;
	if (c->pos >= c->end || !trace_ring_read(&trace_rings[cpu], &c->pos, &c->next, &c->lost))
		return false;
	/* Overwritten up to the end, and beyond: what we got is not ours to show. */
	if (c->pos > c->end)
		return false;
	c->have = true;
	return true;
}

/* The hart whose next record is the oldest; nr_cpu_ids: all is told. */
static unsigned int oldest_cpu(struct trace_reader *rd)
{
	unsigned int best = nr_cpu_ids;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (fill(&rd->cursor[cpu], cpu) &&
		    (best == nr_cpu_ids || rd->cursor[cpu].next.ts < rd->cursor[best].next.ts))
			best = cpu;
	}
	return best;
}

/* false: there is none any more. */
static bool next_line(struct trace_reader *rd)
{
	unsigned int cpu = oldest_cpu(rd);
	struct trace_cursor *c = &rd->cursor[cpu % CONFIG_NR_CPUS];

	rd->off = rd->len = 0;
	if (cpu == nr_cpu_ids)
		return false;
	if (c->lost)
		rd->len = scnprintf(rd->line, sizeof(rd->line), "CPU:%u [LOST %lu EVENTS]\n", cpu,
				    c->lost);
	rd->len += trace_format(rd->line + rd->len, TRACE_LINE_MAX, &c->next, cpu);
	c->lost = 0;
	c->have = false;
	return true;
}

/* Give what fits. => bytes, or -EFAULT if not even one could be given. */
static ssize_t give_lines(struct trace_reader *rd, struct iov_iter *to)
{
	ssize_t done = 0;

	while (to->count && (rd->off < rd->len || next_line(rd))) {
		size_t n = min_t(size_t, to->count, rd->len - rd->off);
		size_t given = copy_to_iter(rd->line + rd->off, n, to);

		rd->off += given;
		done += given;
		if (given < n)
			return done ? done : -EFAULT;
		cond_resched();
	}
	return done;
}

/* ---- the file ---- */

static int trace_open(struct inode *inode, struct file *f)
{
	struct trace_reader *rd = kzalloc(sizeof(*rd), GFP_KERNEL);

	if (!rd)
		return -ENOMEM;
	mutex_init(&rd->lock, RANK_SEQ, "trace_reader");
	f->private_data = rd;
	return 0;
}

static void trace_release(struct inode *inode, struct file *f)
{
	kfree(f->private_data);
}

/* A read at 0 begins anew, as programs that rewind expect. */
static ssize_t trace_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct trace_reader *rd = iocb->ki_filp->private_data;
	ssize_t done;

	mutex_lock(&rd->lock);
	mutex_lock(&trace_mutex);
	if (!rd->started || iocb->ki_pos == 0)
		start(rd);
	done = give_lines(rd, to);
	mutex_unlock(&trace_mutex);
	mutex_unlock(&rd->lock);
	if (done > 0)
		iocb->ki_pos += done;
	return done;
}

/* The truncation has done it all. */
static ssize_t trace_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = from->count;

	iov_iter_advance(from, n);
	return n;
}

static int trace_setattr(struct dentry *dentry, struct iattr *attr)
{
	if (attr->valid & ATTR_SIZE)
		trace_clear();
	return kernfs_setattr(dentry, attr);
}

const struct inode_operations trace_file_iops = { .setattr = trace_setattr };
const struct file_operations trace_file_fops = {
	.open = trace_open, .read_iter = trace_read_iter, .write_iter = trace_write_iter,
	.llseek = no_seek_end_llseek, .release = trace_release,
};
