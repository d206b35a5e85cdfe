/* SPDX-License-Identifier: MIT */
/*
 * xa_node.c - xarray nodes from the failing allocator, for tests that have no slab.
 *
 * No locks. Linux: lib/radix-tree.c, radix_tree_node_cachep. Differs: malloc.
 */
#include "host_test.h"
#include "lib/xarray.h"

void *xa_node_alloc(gfp_t gfp)
{
	return host_alloc(sizeof(struct xa_node));
}

void xa_node_free(void *node)
{
	host_free(node);
}
