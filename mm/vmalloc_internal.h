/* SPDX-License-Identifier: MIT */
/*
 * Areas of kernel virtual addresses, for vmalloc.c and vmap_stack.c.
 *
 * Linux: include/linux/vmalloc.h, struct vm_struct and vmap_area. Differs: one
 * struct for both.
 */
#pragma once
#include "lib/rbtree.h"
#include "mm/vmalloc.h"

struct vm_struct {
	struct rb_node rb;		/* (vmap_lock) by address */
	unsigned long addr, size;	/* the unmapped last page included */
	unsigned long gap;		/* (vmap_lock) hole in front of it */
	unsigned long subtree_gap;	/* (vmap_lock) largest gap in its subtree */
	unsigned long nr_pages;		/* pages of ours mapped there */
	phys_addr_t phys;		/* ioremap: what */
	const char *kind;		/* for /proc/vmallocinfo */
	const void *caller;
};

/* get_vm_area() - addresses with nothing mapped. NULL: no space or no memory. May sleep. */
struct vm_struct *get_vm_area(unsigned long size, unsigned long align, const char *kind,
			      const void *caller);
void free_vm_area(struct vm_struct *area);	/* => nothing is mapped in it any more */
struct vm_struct *find_vm_area(unsigned long addr);
/* Fill an area from its start with nr fresh pages, or free the nr pages there. */
int __must_check vm_area_alloc_pages(struct vm_struct *area, unsigned long nr, gfp_t gfp);
void vm_area_free_pages(struct vm_struct *area, unsigned long nr);
