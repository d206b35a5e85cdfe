# SPDX-License-Identifier: MIT
kernel-y += main.o params.o version.o init_task.o printk.o panic.o
kernel-y += sched.o sched_stats.o wait.o time.o hrtimer.o kthread.o
kernel-y += lock/spinlock.o lock/mutex.o lock/rwsem.o lock/rank.o
kernel-y += fork.o exit.o wait4.o pid.o exec.o exec_args.o binfmt_elf.o
kernel-y += signal.o signal_deliver.o signal_syscalls.o futex.o time_syscalls.o itimer.o
kernel-y += pgrp.o cred.o rlimit.o prctl.o sched_syscalls.o sys.o reboot.o random.o syscall_table.o
kernel-y += $(addprefix drivers/,rtc.o uart.o tty.o tty_jobctrl.o n_tty.o mem.o block.o) \
	drivers/virtio_blk.o
kernel-y += $(addprefix fs/,init.o inode.o dcache.o super.o namespace.o namei.o namei_syscalls.o)
kernel-y += $(addprefix fs/,open.o attr.o fs_struct.o file_table.o file.o fcntl.o iov_iter.o)
kernel-y += $(addprefix fs/,read_write.o sync.o stat.o readdir.o tmpfs_dir.o pipe.o select.o)
kernel-y += $(addprefix fs/,eventpoll.o eventfd.o chrdev.o devtmpfs.o block_dev.o seq_file.o) \
	fs/initramfs.o
kernel-y += $(addprefix fs/proc/,generic.o base.o fd.o array.o task_maps.o task_misc.o mounts.o)
kernel-y += $(addprefix fs/proc/,stat.o meminfo.o zoneinfo.o mm_files.o misc.o devices.o) \
	$(addprefix fs/proc/sysctl,.o _vm.o _kernel.o)
kernel-mmu-y += elf_map.o fs/proc/task_smaps.o fs/proc/sysctl_reclaim.o
kernel-nommu-y += elf_map_nommu.o fs/proc/task_smaps_nommu.o
