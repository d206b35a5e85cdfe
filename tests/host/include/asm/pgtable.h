/* SPDX-License-Identifier: MIT */
/*
 * asm/pgtable.h of the fake machine: RISC-V's, which holds no instruction.
 */
#pragma once
#include "arch/riscv/include/asm/pgtable.h"
