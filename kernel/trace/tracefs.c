/* SPDX-License-Identifier: MIT */
/*
 * /sys/kernel/tracing: the files by which tracing is switched and read.
 *
 *	available_events        group:event, one a line
 *	set_event               those that are on; ">" switches all off first, ">>" does not;
 *	                        a write switches on, "!name" off
 *	events/enable           1, 0, or X for some; also in events/GROUP and in
 *	                        events/GROUP/EVENT
 *	tracing_on              0: the rings stay as they are
 *	buffer_size_kb          of each hart; 0 gives the memory back when no event is on
 *	trace                   the text (reader.c)
 *	trace_marker            what is written here becomes an event
 *
 * Locks: none of its own; control.c's.
 *
 * Linux: kernel/trace/trace.c, trace_events.c; Documentation/trace/ftrace.rst. Differs:
 * a directory of sysfs, no file system; no trace_pipe, filters or tracers.
 */
#include "kernel/fs/kernfs.h"
#include "kernel/trace/internal.h"
#include "kernel/trace/tracefs.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "lib/vsprintf.h"

/* ---- lists of events ---- */

static void show_mask(struct seq_file *m, unsigned long mask)
{
	for (unsigned int i = 0; i < NR_TRACE_EVENTS; i++) {
		if (mask & 1UL << i)
			seq_printf(m, "%s:%s\n", trace_events[i].group, trace_events[i].name);
	}
}

static int show_available(struct seq_file *m, void *data)
{
	show_mask(m, TRACE_SWITCHES);
	return 0;
}

static int show_set_event(struct seq_file *m, void *data)
{
	show_mask(m, trace_enabled());
	return 0;
}

static ssize_t write_set_event(void *data, char *text, size_t n)
{
	unsigned long before = trace_enabled(), after = before;
	int err;

	if (trace_parse_list(text, &after))
		return -EINVAL;
	err = trace_enable(after & ~before, before & ~after);
	return err ? err : (ssize_t)n;
}

/* The shell's ">". */
static int set_event_setattr(struct dentry *dentry, struct iattr *attr)
{
	int err = attr->valid & ATTR_SIZE ? trace_enable(0, TRACE_ALL) : 0;

	return err ? err : kernfs_setattr(dentry, attr);
}

static const struct inode_operations set_event_iops = { .setattr = set_event_setattr };

/* ---- enable files: data is the mask of their events ---- */

static int show_enable(struct seq_file *m, void *data)
{
	unsigned long mask = (unsigned long)data, set = trace_enabled() & mask;

	seq_printf(m, "%c\n", !set ? '0' : set == mask ? '1' : 'X');
	return 0;
}

/* "0" or "1". */
static int parse_bool(const char *text, bool *value)
{
	unsigned long number;

	if (kstrtoul(text, 10, &number) || number > 1)
		return -EINVAL;
	*value = number;
	return 0;
}

static ssize_t write_enable(void *data, char *text, size_t n)
{
	unsigned long mask = (unsigned long)data;
	bool value;
	int err = parse_bool(text, &value);

	if (!err)
		err = value ? trace_enable(mask, 0) : trace_enable(0, mask);
	return err ? err : (ssize_t)n;
}

/* ---- the rest ---- */

static int show_tracing_on(struct seq_file *m, void *data)
{
	seq_printf(m, "%d\n", trace_is_on());
	return 0;
}

static ssize_t write_tracing_on(void *data, char *text, size_t n)
{
	bool value;
	int err = parse_bool(text, &value);

	if (err)
		return err;
	trace_set_on(value);
	return n;
}

static int show_buffer_size(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", trace_buffer_kb());
	return 0;
}

static ssize_t write_buffer_size(void *data, char *text, size_t n)
{
	unsigned long kb;
	int err = kstrtoul(text, 10, &kb);

	if (!err)
		err = trace_resize(kb);
	return err ? err : (ssize_t)n;
}

static ssize_t write_marker(void *data, char *text, size_t n)
{
	int err = trace_need_memory();

	if (err)
		return err;
	trace_mark_text(text, strlen(text));
	return n;
}

static int show_empty(struct seq_file *m, void *data)
{
	return 0;
}

static const struct kernfs_attr files[] = {
	{ "available_events", 0444, show_available, NULL },
	{ "tracing_on", 0644, show_tracing_on, write_tracing_on },
	{ "buffer_size_kb", 0644, show_buffer_size, write_buffer_size },
	{ "trace_marker", 0220, show_empty, write_marker },
};
static const struct kernfs_attr set_event_file = {
	"set_event", 0644, show_set_event, write_set_event
};
static const struct kernfs_attr enable_file[] = {
	{ "enable", 0644, show_enable, write_enable },
};

/* Boot: without memory for a name there is no system. */
static void make_enable(const char *group, const char *event, unsigned long mask)
{
	char path[96];

	scnprintf(path, sizeof(path), "kernel/tracing/events%s%s%s%s", group ? "/" : "",
		  group ? group : "", event ? "/" : "", event ? event : "");
	BUG_ON(kernfs_create_group(&sysfs_root, path, enable_file, 1, (void *)mask));
}

void tracefs_init(void)
{
	struct kernfs_node *n;

	BUG_ON(kernfs_create_group(&sysfs_root, "kernel/tracing", files, ARRAY_SIZE(files), NULL));
	BUG_ON(kernfs_create_node(&sysfs_root, "kernel/tracing/trace", S_IFREG | 0644, &n));
	n->iop = &trace_file_iops;
	n->fop = &trace_file_fops;
	BUG_ON(kernfs_create_node(&sysfs_root, "kernel/tracing/set_event", S_IFREG | 0644, &n));
	n->iop = &set_event_iops;
	n->attrs = &set_event_file;
	make_enable(NULL, NULL, TRACE_SWITCHES);
	for (unsigned int i = 0; i < NR_TRACE_EVENTS; i++) {
		const struct trace_event_desc *e = &trace_events[i];

		if (i == TRACE_MARK)
			continue;
		if (!i || strcmp(e->group, trace_events[i - 1].group))
			make_enable(e->group, NULL, trace_find(e->group));
		make_enable(e->group, e->name, 1UL << i);
	}
}
