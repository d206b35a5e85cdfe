/* SPDX-License-Identifier: MIT */
/*
 * Between fault.c and fault_swap.c: the handler of one row of the decision table.
 *
 * Linux: mm/memory.c (static there).
 */
#pragma once
#include "mm/mm.h"

/*
 * do_swap_page() - the PTE holds a swap entry. => mmap_lock read held, dropped on VM_FAULT_RETRY.
 */
vm_fault_t do_swap_page(struct vm_fault *vmf);
