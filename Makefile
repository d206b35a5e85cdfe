# SPDX-License-Identifier: MIT
#
# The whole build of Quire in one non-recursive makefile. `make help` lists the targets.
#
# Every source directory has an objs.mk of at most 20 lines which names its objects, relative to
# itself: X-y is always linked, X-mmu-y only with MMU=1, X-nommu-y only with MMU=0 (files are
# chosen, not lines). Each variant builds out of tree in build/<variant>; user programs are the
# same for all variants of one compiler and live in build/user (build/user-llvm). BUILD=DIR builds
# elsewhere: two people at one checkout do not wait for each other.

MAKEFLAGS += -rR --no-print-directory
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# ---- What to build ---------------------------------------------------------------------------
RELEASE ?= 0
MMU     ?= 1
LLVM    ?= 0
V       ?= 0
FP      ?= 1

on  = $(filter 1,$($(1)))
VARIANT := $(if $(call on,RELEASE),release,debug)$(if $(call on,MMU),,-nommu)
VARIANT := $(VARIANT)$(if $(call on,LLVM),-llvm)
BUILD ?= build
B  := $(BUILD)/$(VARIANT)
UB := $(BUILD)/user$(if $(call on,LLVM),-llvm)
PYTHON := $(firstword $(wildcard /usr/bin/python3) python3)

ifeq ($(V),1)
Q :=
say :=
else
Q := @
say = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-8s%s\n' '$(1)' '$(2)')
endif

include tools/toolchain.mk

# ---- Flags -----------------------------------------------------------------------------------
CC_INCLUDE := $(if $(have-cc),$(shell $(CC) -print-file-name=include))
# Unwinding is the debugger's business: its tables go to .debug_frame, which is not loaded.
NO_UNWIND := -fno-asynchronous-unwind-tables -fno-unwind-tables
# A student's file that builds at home must build in the grader, whose compiler may know more
# warnings: in a starter tree, and in the trees of the grader, only what is a mistake is an error.
MISTAKES := implicit-function-declaration implicit-int int-conversion incompatible-pointer-types
WERROR := $(if $(wildcard .quire-lab .quire-grade),$(addprefix -Werror=,$(MISTAKES)),-Werror)
WARN := -Wall -Wextra $(WERROR) -Wundef -Wmissing-prototypes -Wno-unused-parameter
# A loop that copies or clears must not become a call of the very function it implements.
NO_IDIOM := $(if $(call on,LLVM),-fno-builtin,-fno-tree-loop-distribute-patterns)

# In release builds the linker makes calls and addresses shorter. It would spoil the debugger's
# line tables, and lld 14 cannot do it. Nothing sets gp, so nothing may define what gp is for.
relax := $(and $(call on,RELEASE),$(if $(call on,LLVM),,y))
RELAX := $(if $(relax),-mrelax,-mno-relax)
LDRELAX := $(if $(relax),--relax,--no-relax) $(if $(call on,RELEASE),--gc-sections)

KFLAGS := -march=$(KMARCH) -mabi=lp64 -mcmodel=medany $(RELAX) -fno-pie -ffreestanding \
	-nostdlib -nostdinc -isystem $(CC_INCLUDE) -Iarch/riscv/include -I. -include $(B)/config.h
# In release builds each function is a section, and the linker leaves out what nobody calls.
FAST := $(if $(call on,RELEASE),-O2 -g -ffunction-sections,-Og -g3)
SMALL := $(patsubst -O2,-Os,$(FAST))
include tools/cold.mk
# What is cold, as patterns of objects; $(call optimise,OBJECT) chooses.
cold-objs := $(patsubst %,$(B)/%,$(patsubst %/.o,%/%.o,$(addsuffix .o,$(cold))))
optimise = $(if $(filter $(cold-objs),$(1)),$(SMALL),$(FAST))
KCFLAGS := $(KFLAGS) -std=gnu11 $(WARN) -fno-common \
	-fno-strict-aliasing -fno-stack-protector -fno-delete-null-pointer-checks $(NO_UNWIND) \
	$(if $(call on,FP),-fno-omit-frame-pointer,-fomit-frame-pointer) $(KCFLAGS_EXTRA)
# What an object was made of, for make; what the assembler has read (.incbin), for the labs' grader.
READS = -MD -MP $(if $(call on,LLVM),,-Wa,--MD,$(@:.o=.as.d))
KASFLAGS := $(KFLAGS) -g -D__ASSEMBLER__
# Only newer GNU linkers know the warning about segments that can be written and executed.
RWX_OK := $(if $(have-cc),$(shell $(LD) --help | grep -o -m1 -e --no-warn-rwx-segments))
KLDFLAGS := -m elf64lriscv -nostdlib -static -z noexecstack -z max-page-size=4096 $(LDRELAX) \
	--build-id=none $(RWX_OK)

include tools/config.mk

# ---- Objects ---------------------------------------------------------------------------------
dirs := arch/riscv kernel kernel/fs mm lib
MMUSUF := $(if $(call on,MMU),mmu,nommu)
include $(wildcard $(addsuffix /objs.mk,$(dirs) tests/kernel user) user/progs.mk)

arch-y += initramfs.o
kernel-y += kallsyms.o
picked = $(addprefix $(B)/$(2)/,$($(1)-y) $($(1)-$(MMUSUF)-y))
kobjs := $(sort $(call picked,arch,arch/riscv) $(call picked,kernel,kernel) \
	$(call picked,fs,kernel/fs) $(call picked,mm,mm) $(call picked,lib,lib) \
	$(if $(filter 1,$(CONFIG_KSELFTEST)),$(call picked,selftest,tests/kernel)))

include tools/user.mk

# ---- Targets ---------------------------------------------------------------------------------
.PHONY: all user run gdb test host-test qemu-test clean tags help compile_commands FORCE
all: $(B)/quire.elf $(B)/user
user: $(user-elfs)

# Every option is always defined as a number (-Wundef makes a misspelt one an error). The flags
# stand in a comment, so that a change of flags rebuilds what it must.
$(B)/config.h: FORCE
	@mkdir -p $(@D); printf '%s\n' '$(config-text)' | tr '|' '\n' >$@.$$$$; \
	if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi

$(B)/%.o: %.c $(B)/config.h tools/cold.mk
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(call optimise,$@) $(KCFLAGS) $(if $(filter lib/%,$<),$(NO_IDIOM)) \
		$(READS) -c $< -o $@
$(B)/%.o: %.S $(B)/config.h
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KASFLAGS) -Wa,-I$(B) $(READS) -c $< -o $@
$(B)/arch/riscv/initramfs.o: $(B)/initramfs.cpio

$(B)/linker.lds: linker.ld $(B)/config.h
	$(Q)$(CC) $(KASFLAGS) -D__LINKER__ -E -P -x c -MMD -MP -MT $@ $< -o $@

# The kernel is linked three times: without names, with names whose own size is now known, and
# once more with the addresses that result. tools/kallsyms.py fails if they still move.
link = $(Q)$(LD) $(KLDFLAGS) $(1) -T $(B)/linker.lds -o $(2) $(kobjs) $(B)/kallsyms-$(3).o
names = $(Q)$(PYTHON) tools/kallsyms.py $(1) $(if $(call on,RELEASE),--compress) --nm '$(NM)' \
	-o $(B)/kallsyms-$(2).S && \
	$(CC) $(KASFLAGS) -c $(B)/kallsyms-$(2).S -o $(B)/kallsyms-$(2).o
$(B)/quire.elf: $(kobjs) $(B)/linker.lds tools/kallsyms.py
	$(call say,LD,$@)
	$(call names,--empty,0)
	$(call link,-S,$(B)/pass0.elf,0)
	$(call names,$(B)/pass0.elf,1)
	$(call link,-S,$(B)/pass1.elf,1)
	$(call names,$(B)/pass1.elf,2)
	$(call link,-Map=$(B)/quire.map,$@,2)
	$(Q)$(PYTHON) tools/kallsyms.py --verify $(B)/pass1.elf $@ --nm '$(NM)'
	@rm -f $(B)/pass[01].elf

# gdb finds the programs' symbols beside the kernel it debugs.
$(B)/user: | $(user-elfs)
	$(Q)ln -sfn ../$(notdir $(UB)) $@

# ---- The rest --------------------------------------------------------------------------------
run: all
	@./run-qemu.sh --no-build $(if $(call on,RELEASE),--release) $(if $(call on,LLVM),--llvm) \
		$(if $(call on,MMU),,--nommu)
# make gdb TEST=cow/pipe stops at that user test; without TEST at the first instruction.
gdb: export TEST := $(TEST)
gdb: all
	@if [ -z "$$TEST" ]; then exec ./run-qemu.sh --no-build --gdb; fi; \
	found=$$($(PYTHON) tools/gdb/find-test "$$TEST") || exit 1; \
	IFS=$$'\t' read -r program line function <<<"$$found"; \
	exec ./run-qemu.sh --no-build --gdb --run "$$line" --gdb-ex "ub $$program $$function" \
		--gdb-ex continue
test:
	@tools/test-all
host-test:
	@$(MAKE) -C tests/host
qemu-test:
	@$(PYTHON) -m pytest tests/qemu tests/gdb tests/user $(PYTEST_ARGS)
tags:
	@ctags -R -f $(BUILD)/tags --languages=C,Asm arch kernel mm lib user tests
	@echo $(BUILD)/tags
compile_commands:
	@mkdir -p $(BUILD); $(MAKE) -Bn V=1 all | $(PYTHON) tools/compile-commands.py \
		>$(BUILD)/compile_commands.json
	@echo $(BUILD)/compile_commands.json
clean:
	@cd $(BUILD) 2>/dev/null && rm -rf debug* release* user* host tags check || true
help:
	@sed -n 's/^#H //p' tools/help.txt

include tools/check.mk
include tools/labs/labs.mk
-include $(kobjs:.o=.d) $(B)/linker.d
