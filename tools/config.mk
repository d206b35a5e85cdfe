# SPDX-License-Identifier: MIT
#
# The options of the kernel, written to build/<variant>/config.h and included in every file. All
# are always defined, as a number; say `make CONFIG_NR_CPUS=2` to change one for a build.

debug := $(if $(filter 1,$(RELEASE)),0,1)

CONFIG_MMU           := $(MMU)
CONFIG_RELEASE       := $(RELEASE)
CONFIG_FRAME_POINTER := $(FP)
CONFIG_NR_CPUS       ?= 8
CONFIG_DEBUG_VM      ?= $(debug)
CONFIG_LOCK_RANK     ?= $(debug)
CONFIG_SLUB_DEBUG    ?= $(debug)
CONFIG_KSELFTEST     ?= $(debug)
CONFIG_FAIL_ALLOC    ?= $(debug)
CONFIG_TRACE         ?= $(debug)

config-options := MMU RELEASE FRAME_POINTER NR_CPUS DEBUG_VM LOCK_RANK SLUB_DEBUG KSELFTEST \
	FAIL_ALLOC TRACE
hash := \#
flags-text = $(CC) $(KCFLAGS) $(FAST) $(SMALL) $(READS) $(KLDFLAGS)
config-text = /* Made by the Makefile. $(flags-text) */|$(hash)pragma once$(foreach \
	o,$(config-options),|$(hash)define CONFIG_$(o) $(CONFIG_$(o)))
