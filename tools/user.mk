# SPDX-License-Identifier: MIT
#
# User programs and the initramfs that holds them. user/objs.mk names the sources of the libc
# (libc-y, relative to user/) and, where there are any, the objects each program begins with
# (crt-y); user/progs.mk lists the programs (user-progs), and the sources of those which are not
# just NAME.c (NAME-srcs).

UFLAGS := -march=rv64gc -mabi=lp64d -mno-relax -fPIC -fvisibility=hidden \
	-ftls-model=initial-exec -ffreestanding -nostdlib -nostdinc \
	-isystem $(CC_INCLUDE) -Iuser/libc/include -I.
UCFLAGS := $(UFLAGS) -std=gnu11 -O2 -g $(WARN) -fno-stack-protector -fno-omit-frame-pointer \
	-ffunction-sections -fdata-sections $(NO_UNWIND)
UASFLAGS := $(UFLAGS) -g -D__ASSEMBLER__

# Programs are static-PIE so that the NOMMU kernel can load them anywhere. The bare-metal linker
# cannot make those: lld stands in for it, and without lld there are fixed-address programs only.
PIE_LD := $(or $(filter ld.lld riscv64-linux-gnu-ld,$(LD)),$(call find-tool,ld.lld))
ULDFLAGS := -m elf64lriscv -nostdlib -static -z noexecstack -z max-page-size=4096 \
	--gc-sections --build-id=none -z noseparate-code -z norelro \
	$(if $(PIE_LD),-pie --no-dynamic-linker -z text,-Ttext-segment=0x10000)
ULD := $(or $(PIE_LD),$(LD))
ifneq ($(and $(NEED_CC),$(if $(PIE_LD)$(call on,MMU),,x)),)
$(error MMU=0 needs position-independent programs: install gcc-riscv64-linux-gnu or lld)
endif

uobj = $(addprefix $(UB)/obj/,$(addsuffix .o,$(basename $(1))))
prog-objs = $(call uobj,$(crt-y) $(or $($(1)-srcs),$(1).c))
user-elfs := $(addprefix $(UB)/,$(user-progs))
rootfs-files := $(shell find user/rootfs -type f 2>/dev/null)

$(UB)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(UCFLAGS) $(ULD) $(ULDFLAGS)' >$@.$$$$; \
	if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi
$(UB)/obj/%.o: user/%.c $(UB)/flags
	$(call say,UCC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UCFLAGS) $(if $(filter user/libc/%,$<),$(NO_IDIOM)) -MMD -MP -c $< -o $@
$(UB)/obj/%.o: user/%.S $(UB)/flags
	$(call say,UAS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UASFLAGS) -MMD -MP -c $< -o $@
$(UB)/libc.a: $(call uobj,$(libc-y))
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $^

.SECONDEXPANSION:
$(user-elfs): $(UB)/%: $$(call prog-objs,$$*) $(UB)/libc.a
	$(call say,ULD,$@)
	$(Q)$(ULD) $(ULDFLAGS) -o $@ $^
	@mkdir -p $(UB)/stripped
	$(Q)$(ULD) $(ULDFLAGS) -s -o $(UB)/stripped/$* $^

$(UB)/initramfs.cpio: $(user-elfs) $(rootfs-files) tools/mkinitramfs.py user/progs.mk
	$(call say,CPIO,$@)
	$(Q)$(PYTHON) tools/mkinitramfs.py -o $@ --root user/rootfs \
		$(addprefix $(UB)/stripped/,$(user-progs))
$(B)/initramfs.cpio: $(UB)/initramfs.cpio
	@mkdir -p $(@D)
	$(Q)ln -sfn "$$(realpath $<)" $@

-include $(foreach p,$(user-progs),$(patsubst %.o,%.d,$(call prog-objs,$(p))))
-include $(patsubst %.o,%.d,$(call uobj,$(libc-y)))
