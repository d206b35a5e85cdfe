/* SPDX-License-Identifier: MIT */
/*
 * /sys/kernel/mm: what becomes of huge pages and page merging, which is nothing:
 * the files are there so that scripts find them, and say "never" and 0.
 *
 * Locks: none.
 *
 * Linux: mm/huge_memory.c, mm/hugetlb_sysfs.c, mm/ksm.c. Differs: neither is
 * there, so nothing can be turned on and what is written is refused.
 */
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"
#include "lib/kstrtox.h"
#include "lib/string.h"

static int show_thp_enabled(struct seq_file *m, void *data)
{
	seq_puts(m, "always madvise [never]\n");
	return 0;
}

static int show_thp_defrag(struct seq_file *m, void *data)
{
	seq_puts(m, "always defer defer+madvise madvise [never]\n");
	return 0;
}

static int show_shmem_enabled(struct seq_file *m, void *data)
{
	seq_puts(m, "always within_size advise [never] deny force\n");
	return 0;
}

static int show_pmd_size(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", PMD_SIZE);
	return 0;
}

/* "never" and 0 are what is so already. */
static ssize_t write_never(void *data, char *text, size_t n)
{
	bool same = !strcmp(text, "never") || !strcmp(text, "0");

	return same ? (ssize_t)n : -EINVAL;
}

/* Fewer pages than asked for is no error, here none. */
static ssize_t write_nr_hugepages(void *data, char *text, size_t n)
{
	unsigned long nr;

	return kstrtoul(text, 10, &nr) ? -EINVAL : (ssize_t)n;
}

static const struct kernfs_attr thp_attrs[] = {
	{ "enabled", 0644, show_thp_enabled, write_never },
	{ "defrag", 0644, show_thp_defrag, write_never },
	{ "shmem_enabled", 0644, show_shmem_enabled, write_never },
	{ "hpage_pmd_size", 0444, show_pmd_size, NULL },
	{ "use_zero_page", 0644, sysfs_show_0, write_never },
};
static const struct kernfs_attr hugepages_attrs[] = {
	{ "nr_hugepages", 0644, sysfs_show_0, write_nr_hugepages },
	{ "nr_hugepages_mempolicy", 0644, sysfs_show_0, write_nr_hugepages },
	{ "nr_overcommit_hugepages", 0644, sysfs_show_0, write_nr_hugepages },
	{ "free_hugepages", 0444, sysfs_show_0, NULL },
	{ "resv_hugepages", 0444, sysfs_show_0, NULL },
	{ "surplus_hugepages", 0444, sysfs_show_0, NULL },
};
static const struct kernfs_attr ksm_attrs[] = {
	{ "run", 0644, sysfs_show_0, write_never },
	{ "pages_shared", 0444, sysfs_show_0, NULL },
	{ "pages_sharing", 0444, sysfs_show_0, NULL },
	{ "pages_unshared", 0444, sysfs_show_0, NULL },
	{ "pages_volatile", 0444, sysfs_show_0, NULL },
	{ "full_scans", 0444, sysfs_show_0, NULL },
};

void sysfs_mm_init(void)
{
	struct kernfs_node *mm;

	BUG_ON(kernfs_create_dir(&sysfs_root, "kernel/mm", &mm) ||
	       kernfs_create_group(mm, "transparent_hugepage", thp_attrs, ARRAY_SIZE(thp_attrs),
				   NULL) ||
	       kernfs_create_group(mm, "hugepages/hugepages-2048kB", hugepages_attrs,
				   ARRAY_SIZE(hugepages_attrs), NULL) ||
	       kernfs_create_group(mm, "ksm", ksm_attrs, ARRAY_SIZE(ksm_attrs), NULL));
}
