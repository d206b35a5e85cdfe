# SPDX-License-Identifier: MIT
fs-y += init.o inode.o dcache.o super.o namespace.o namei.o namei_syscalls.o
fs-y += mnt_namespace.o nsfs.o timerfd.o locks.o proc/namespaces.o
fs-y += open.o attr.o fs_struct.o file_table.o file.o fcntl.o iov_iter.o
fs-y += read_write.o sync.o stat.o readdir.o tmpfs_dir.o pipe.o select.o
fs-y += socket.o xattr.o
fs-y += eventpoll.o eventfd.o chrdev.o devtmpfs.o block_dev.o mpage.o seq_file.o
fs-y += kernfs.o initramfs.o buffer.o do_mounts.o fs-writeback.o fadvise.o
fs-y += $(addprefix ext2/,super.o check.o group.o balloc.o ialloc.o inode.o map.o truncate.o)
fs-y += $(addprefix ext2/,aops.o file.o dir.o layout.o namei.o symlink.o xattr.o)
fs-y += $(addprefix proc/,generic.o base.o fd.o array.o task_maps.o task_misc.o mounts.o)
fs-y += $(addprefix proc/,stat.o meminfo.o zoneinfo.o mm_files.o misc.o devices.o)
fs-y += $(addprefix proc/,irqs.o iomem.o task_sched.o)
fs-y += $(addprefix proc/sysctl,.o _vm.o _kernel.o)
fs-mmu-y += ext2/mmap.o proc/task_smaps.o proc/numa_maps.o proc/sysctl_reclaim.o
fs-nommu-y += proc/task_smaps_nommu.o
fs-y += $(addprefix sysfs/,mount.o show.o block.o cpu.o memory.o mm.o node.o slab.o)
