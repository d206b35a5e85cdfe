# SPDX-License-Identifier: MIT
# Objects of arch/riscv: arch-mmu-y with an MMU only, arch-nommu-y without one.
arch-y += head.o early.o sbi.o setup.o cpufeature.o time.o plic.o irq.o smp.o
arch-y += entry.o switch_to.o trap.o stacktrace.o extable.o process.o fpu.o signal.o
arch-y += page.o uaccess.o usercopy.o sys_riscv.o vdso.o vdso/vdso.o
arch-mmu-y += mmu_on.o init.o vm_layout.o fault.o tlb.o context.o vdso_map.o
arch-nommu-y += nommu_on.o init_nommu.o vm_layout_nommu.o fault_nommu.o context_nommu.o
arch-nommu-y += vdso_map_nommu.o
arch-$(if $(filter 1,$(CONFIG_KSELFTEST)),y) += probe.o
