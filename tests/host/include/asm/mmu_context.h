/* SPDX-License-Identifier: MIT */
/*
 * asm/mmu_context.h of the fake machine: RISC-V's, which holds no instruction.
 */
#pragma once
#include "arch/riscv/include/asm/mmu_context.h"
