/* SPDX-License-Identifier: MIT */
/*
 * The names of the system calls that Quire does not have, for the line in the log.
 *
 * One string and one array of numbers, in the same order: 16 bytes a call. A test
 * (tests/qemu/test_proc.py) checks that a call of kernel/uapi/unistd.h is either
 * in the table of kernel/syscall_table.c or here.
 *
 * Linux: scripts/syscall.tbl. Differs: Linux's kernel does not know the names.
 */
#include "kernel/syscalls.h"
#include "lib/string.h"

#define LACKING(call) \
	call(io_setup) call(io_destroy) call(io_submit) call(io_cancel) call(io_getevents) \
	call(lookup_dcookie) call(inotify_init1) call(inotify_add_watch) call(inotify_rm_watch) \
	call(nfsservctl) call(quotactl) call(signalfd4) call(vmsplice) call(splice) call(tee) \
	call(acct) call(kexec_load) call(init_module) call(delete_module) call(ptrace) \
	call(adjtimex) call(mq_open) call(mq_unlink) call(mq_timedsend) call(mq_timedreceive) \
	call(mq_notify) call(mq_getsetattr) call(msgget) call(msgctl) call(msgrcv) call(msgsnd) \
	call(semget) call(semctl) call(semtimedop) call(semop) call(shmctl) call(shmat) \
	call(shmdt) call(add_key) call(request_key) call(keyctl) call(remap_file_pages) \
	call(perf_event_open) call(recvmmsg) call(fanotify_init) call(fanotify_mark) \
	call(open_by_handle_at) call(clock_adjtime) call(sendmmsg) \
	call(process_vm_readv) call(process_vm_writev) call(kcmp) call(finit_module) \
	call(seccomp) call(bpf) call(execveat) call(userfaultfd) \
	call(pkey_mprotect) call(pkey_alloc) call(pkey_free) \
	call(io_pgetevents) call(kexec_file_load) call(io_uring_setup) call(io_uring_enter) \
	call(io_uring_register) call(move_mount) call(fsconfig) call(fsmount) \
	call(fspick) call(openat2) call(process_madvise) \
	call(mount_setattr) call(quotactl_fd) call(landlock_add_rule) \
	call(landlock_restrict_self) call(memfd_secret) call(process_mrelease) \
	call(futex_waitv) call(set_mempolicy_home_node) call(cachestat) \
	call(map_shadow_stack) call(futex_wake) call(futex_wait) call(futex_requeue) \
	call(statmount) call(listmount) call(lsm_get_self_attr) call(lsm_set_self_attr) \
	call(lsm_list_modules) call(mseal) call(setxattrat) call(getxattrat) \
	call(listxattrat) call(removexattrat)

#define NUMBER(name)	__NR_##name,
#define NAME(name)	#name "\0"

static const u16 numbers[] = { LACKING(NUMBER) };
static const char names[] = LACKING(NAME);

const char *lacking_syscall_name(unsigned long nr)
{
	const char *name = names;

	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++, name += strlen(name) + 1) {
		if (numbers[i] == nr)
			return name;
	}
	return "no such number";
}
