# SPDX-License-Identifier: MIT
# Objects of mm/: mm-mmu-y with an MMU only, mm-nommu-y without one.
mm-y += mm_init.o memblock.o page_init.o page_alloc.o page_alloc_slow.o page_alloc_util.o
mm-y += page_wmarks.o show_mem.o vmstat.o debug.o slab_common.o slab_util.o slub.o slob.o
mm-$(if $(filter 1,$(CONFIG_SLUB_DEBUG)),y) += slub_debug.o
mm-mmu-y += vmemmap.o vmalloc.o vmap_stack.o kernel_pgtable.o
mm-nommu-y += vmemmap_nommu.o vmalloc_nommu.o
mm-y += mm_struct.o vma.o util.o mempolicy.o
mm-nommu-y += nommu.o nommu_calls.o
mm-mmu-y += mmap.o munmap.o brk.o stack.o special.o mm_dup.o mprotect.o mremap.o madvise.o
mm-mmu-y += madvise_pages.o mincore.o msync.o mlock.o gup.o fault.o fault_file.o fault_swap.o
mm-mmu-y += swap_unuse.o mbind.o pgtable.o pgtable_copy.o zap.o mmu_gather.o rmap.o
mm-y += filemap.o folio_wait.o truncate.o readahead.o page-writeback.o shmem.o
mm-y += dirty_limits.o filemap_sync.o filemap_direct.o
mm-mmu-y += filemap_fault.o shmem_swap.o
mm-nommu-y += filemap_nommu.o
mm-y += lru.o workingset.o vmscan.o shrink_folio.o kswapd.o oom_kill.o oom_report.o oom_reaper.o
mm-mmu-y += swap_slots.o swap_header.o swapfile.o swapon.o swap_state.o swap_orphan.o page_io.o
mm-nommu-y += swap_nommu.o
