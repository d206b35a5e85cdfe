# SPDX-License-Identifier: MIT
#
# The tests: $(call test,NAME,SOURCES,FLAGS), see the Makefile.

$(call test,bitops)
$(call test,list)
$(call test,bitmap)
$(call test,string)
$(call test,kstrtox)
$(call test,vsprintf)
$(call test,sort)
$(call test,rbtree)
$(call test,xarray,tests/host/xa_node.c)
$(call test,fdt)
$(call test,cpio)
$(call test,elf)
$(call test,ext2,kernel/fs/ext2/layout.c)
$(call test,errseq)

# mm/ on a fake machine. The kernel has its own sigset_t.
fakeflags := -include bits/types/__sigset_t.h -D__sigset_t_defined
fake := tests/host/fake_machine.c mm/memblock.c
buddy := $(fake) mm/page_init.c mm/page_alloc.c mm/page_alloc_slow.c mm/page_alloc_util.c \
	mm/page_wmarks.c mm/vmemmap_nommu.c mm/debug.c mm/vmstat.c mm/show_mem.c
slab := $(buddy) mm/slab_common.c mm/slab_util.c mm/slub.c mm/slub_debug.c mm/slob.c
$(call test,memblock,$(fake),$(fakeflags))
$(call test,buddy,$(buddy),$(fakeflags))
$(call test,slab,$(slab),$(fakeflags))
$(call test,vmalloc,$(slab) mm/vmalloc.c mm/vmap_stack.c mm/kernel_pgtable.c,$(fakeflags))
vma := $(slab) tests/host/fake_mm.c mm/vma.c mm/mmap.c mm/munmap.c mm/brk.c mm/stack.c \
	mm/mm_struct.c mm/mm_dup.c mm/mprotect.c mm/mremap.c mm/madvise.c mm/gup.c mm/mlock.c \
	mm/fault.c mm/fault_file.c mm/fault_swap.c mm/swap_unuse.c mm/pgtable.c \
	mm/pgtable_copy.c mm/zap.c mm/mmu_gather.c mm/rmap.c mm/util.c mm/lru.c
$(call test,vma,$(vma),$(fakeflags))
$(call test,vma_more,$(vma),$(fakeflags))

$(call test,dirty_limits,mm/dirty_limits.c)
$(call test,swapfile,mm/swap_slots.c mm/swap_header.c)
$(call test,trace_ring,kernel/trace/ring.c,-pthread)

# The table of names: made by the kernel's own tool from made-up functions, another list a run.
ks-seed := $(shell expr $(or $(SEED),$$$$) % 100000)
$(call test,kallsyms,kernel/kallsyms.c,$(fakeflags) -I$(O))
$(O)/kallsyms/tests/host/test_kallsyms.o $(O)/test_kallsyms: $(O)/kallsyms_table.o
$(O)/kallsyms_table.o: kallsyms_list.py $(ROOT)/tools/kallsyms.py Makefile tests.mk
	@mkdir -p $(@D)
	$(Q)./kallsyms_list.py --c $(ks-seed) >$(O)/kallsyms_list.inc
	$(Q)$(ROOT)/tools/kallsyms.py --compress --nm ./kallsyms_list.py -o $(O)/kallsyms.S \
		$(ks-seed)
	$(Q)$(HOSTCC) -Wa,--noexecstack -c $(O)/kallsyms.S -o $@
