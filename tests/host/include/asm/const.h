/* SPDX-License-Identifier: MIT */
/*
 * asm/const.h of the fake machine: RISC-V's, which holds no instruction.
 */
#pragma once
#include "arch/riscv/include/asm/const.h"
