# SPDX-License-Identifier: MIT
kernel-y += main.o params.o version.o init_task.o printk.o panic.o syscall_table.o syscall_names.o
kernel-y += sched.o sched_stats.o wait.o time.o hrtimer.o kthread.o sysrq.o
kernel-y += lock/spinlock.o lock/mutex.o lock/rwsem.o lock/rank.o
kernel-y += fork.o exit.o wait4.o exec.o exec_args.o binfmt_elf.o
kernel-y += pid.o pid_namespace.o pidfd.o nsproxy.o
kernel-y += signal.o signal_deliver.o signal_syscalls.o futex.o time_syscalls.o itimer.o \
	posix_timers.o futex_robust.o
kernel-y += pgrp.o cred.o rlimit.o prctl.o sched_syscalls.o sys.o reboot.o random.o
kernel-y += $(addprefix drivers/,rtc.o uart.o tty.o tty_jobctrl.o n_tty.o mem.o block.o) \
	drivers/virtio_blk.o
trace-1 := ring.o events.o format.o control.o reader.o tracefs.o syscall.o \
	$(if $(call on,MMU),events_mmu.o)
trace-0 := notrace.o
kernel-y += $(addprefix trace/,$(trace-$(CONFIG_TRACE)))
kernel-mmu-y += elf_map.o
kernel-nommu-y += elf_map_nommu.o
