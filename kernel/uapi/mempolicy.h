/* SPDX-License-Identifier: MIT */
/*
 * set_mempolicy(2), get_mempolicy(2), mbind(2), move_pages(2): numbers of Linux.
 *
 * Linux: include/uapi/linux/mempolicy.h.
 */
#pragma once
/* modes */
#define MPOL_DEFAULT		0
#define MPOL_PREFERRED		1
#define MPOL_BIND		2
#define MPOL_INTERLEAVE		3
#define MPOL_LOCAL		4
#define MPOL_PREFERRED_MANY	5
#define MPOL_WEIGHTED_INTERLEAVE 6
#define MPOL_MAX		7	/* first number that is none */
/* or'ed to a mode */
#define MPOL_F_STATIC_NODES	(1 << 15)
#define MPOL_F_RELATIVE_NODES	(1 << 14)
#define MPOL_F_NUMA_BALANCING	(1 << 13)
#define MPOL_MODE_FLAGS	(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING)
/* flags of get_mempolicy */
#define MPOL_F_NODE		(1 << 0)	/* a node instead of the mode */
#define MPOL_F_ADDR		(1 << 1)	/* of the mapping at addr */
#define MPOL_F_MEMS_ALLOWED	(1 << 2)	/* the nodes that may be used at all */
/* flags of mbind, move_pages */
#define MPOL_MF_STRICT		(1 << 0)
#define MPOL_MF_MOVE		(1 << 1)
#define MPOL_MF_MOVE_ALL	(1 << 2)
