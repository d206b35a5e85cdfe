/* SPDX-License-Identifier: MIT */
/*
 * asm/smp.h of the fake machine: RISC-V's, which holds no instruction.
 */
#pragma once
#include "arch/riscv/include/asm/smp.h"
