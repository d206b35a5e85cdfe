# SPDX-License-Identifier: MIT
#
# The compiler and its binary utilities. The first cross prefix found is taken;
# CROSS_COMPILE=prefix- says which one, LLVM=1 takes clang and lld.

PREFIXES := riscv64-linux-gnu- riscv64-unknown-elf- riscv64-elf-
find-tool = $(firstword $(foreach t,$(1),$(if $(shell command -v $(t)),$(t))))
ifneq ($(call on,LLVM),)
LLVM_NM := $(call find-tool,llvm-nm $(addprefix llvm-nm-,19 18 17 16 15 14) nm)
LLVM_AR := $(call find-tool,llvm-ar $(addprefix llvm-ar-,19 18 17 16 15 14) ar)
CC := clang --target=riscv64-unknown-elf
LD := ld.lld
NM := $(LLVM_NM)
AR := $(LLVM_AR)
KMARCH := rv64imac
have-cc := $(call find-tool,clang)
else
CROSS_COMPILE ?= $(patsubst %gcc,%,$(call find-tool,$(addsuffix gcc,$(PREFIXES))))
CROSS_COMPILE := $(CROSS_COMPILE)
CC := $(CROSS_COMPILE)gcc
LD := $(CROSS_COMPILE)ld
NM := $(CROSS_COMPILE)nm
AR := $(CROSS_COMPILE)ar
KMARCH := rv64imac_zicsr_zifencei
have-cc := $(and $(CROSS_COMPILE),$(call find-tool,$(CC)))
endif
NEED_CC := $(filter-out clean help tags host-test qemu-test test check-style check-scripts \
	format-check lab hint selfgrade,$(or $(MAKECMDGOALS),all))
$(if $(and $(NEED_CC),$(if $(have-cc),,x)),$(error no RISC-V compiler: run tools/deps, or install\
	gcc-riscv64-linux-gnu (or clang and lld, with LLVM=1)))
