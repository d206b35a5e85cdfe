/* SPDX-License-Identifier: MIT */
/*
 * /sys/kernel/slab/CACHE: what /proc/slabinfo says of a cache, a file a figure.
 *
 * The data of a directory is the cache's name, by which its row is found again.
 *
 * Locks: slab_mutex inside slab_for_each_info().
 *
 * Linux: mm/slub.c, slab_sysfs_init(). Differs: caches made after boot have no
 * directory; nothing can be changed.
 */
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/slab.h"

struct search { const char *name; struct slabinfo found; };

static void compare(const struct slabinfo *si, void *arg)
{
	struct search *s = arg;

	if (!strcmp(si->name, s->name))
		s->found = *si;
}

/* All zeros if the cache is gone. */
static struct slabinfo info_of(void *name)
{
	struct search s = { .name = name };

	slab_for_each_info(compare, &s);
	return s.found;
}

static int show_slab_size(struct seq_file *m, void *data)
{
	seq_printf(m, "%u\n", info_of(data).size);
	return 0;
}

static int show_objs_per_slab(struct seq_file *m, void *data)
{
	seq_printf(m, "%u\n", info_of(data).objects_per_slab);
	return 0;
}

static int show_order(struct seq_file *m, void *data)
{
	seq_printf(m, "%u\n", info_of(data).cache_order);
	return 0;
}

static int show_slabs(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", info_of(data).num_slabs);
	return 0;
}

static int show_objects(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", info_of(data).active_objs);
	return 0;
}

static int show_total_objects(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", info_of(data).num_objs);
	return 0;
}

static const struct kernfs_attr cache_attrs[] = {
	{ "slab_size", 0444, show_slab_size, NULL },
	{ "objs_per_slab", 0444, show_objs_per_slab, NULL },
	{ "order", 0444, show_order, NULL }, { "slabs", 0444, show_slabs, NULL },
	{ "objects", 0444, show_objects, NULL },
	{ "total_objects", 0444, show_total_objects, NULL },
};

struct names { const char *name[96]; size_t n; };

static void collect(const struct slabinfo *si, void *arg)
{
	struct names *names = arg;

	if (names->n < ARRAY_SIZE(names->name))
		names->name[names->n++] = si->name;
}

/* Names first: under slab_mutex no cache can be made, and a node's own may have to be. */
void sysfs_slab_init(void)
{
	static struct names names;
	struct kernfs_node *dir;

	BUG_ON(kernfs_create_dir(&sysfs_root, "kernel/slab", &dir));
	slab_for_each_info(collect, &names);
	for (size_t i = 0; i < names.n; i++)
		BUG_ON(kernfs_create_group(dir, names.name[i], cache_attrs,
					   ARRAY_SIZE(cache_attrs), (void *)names.name[i]));
}
