/* SPDX-License-Identifier: MIT */
/*
 * asm/ptrace.h of the fake machine: RISC-V's, which holds no instruction.
 */
#pragma once
#include "arch/riscv/include/asm/ptrace.h"
