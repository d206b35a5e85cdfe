/* SPDX-License-Identifier: MIT */
/*
 * NUMA memory policies: on which nodes a task or a mapping wants its pages.
 *
 * A policy is a value of 8 bytes: it is copied with the task or VMA it belongs
 * to, and needs neither references nor locks of its own.
 *
 * Linux: include/linux/mempolicy.h, mm/mempolicy.c.
 */
#pragma once
#include "lib/compiler.h"
#include "lib/types.h"

/* All zero: the default, which is memory near the hart that runs. */
struct mempolicy {
	u16 mode;		/* MPOL_* */
	u16 flags;		/* MPOL_F_STATIC_NODES ... as the program gave them */
	u16 nodes;		/* bit per node: those of user_nodes that are there */
	u16 user_nodes;		/* as the program gave them */
};

static inline bool mpol_equal(struct mempolicy a, struct mempolicy b)
{
	return a.mode == b.mode && a.flags == b.flags && a.nodes == b.nodes &&
	       a.user_nodes == b.user_nodes;
}

/* mpol_parse() - mode with flags, and a node mask of a program: 0, -EINVAL, -EFAULT. */
int __must_check mpol_parse(int mode, const unsigned long __user *nmask, unsigned long maxnode,
			    struct mempolicy *pol);
/* mpol_get_nodes() - a program's mask of at most MAX_NUMNODES nodes: 0, -EINVAL, -EFAULT. */
int __must_check mpol_get_nodes(const unsigned long __user *nmask, unsigned long maxnode,
				unsigned long *nodes);
/* mpol_to_str() - as in numa_maps: "default", "bind:0-1", "interleave=static:0". Length. */
int mpol_to_str(char *buf, int size, struct mempolicy pol);
/* online_node_mask() - one bit for each node. */
unsigned long online_node_mask(void);

/* vma_policy_of() - of the mapping at addr of the running process: 0 or -EFAULT. (mbind.c) */
int __must_check vma_policy_of(unsigned long addr, struct mempolicy *pol);
/* node_of_user_page() - where the page at addr is; brings it in. Node or -errno. (mbind.c) */
int node_of_user_page(unsigned long addr);
