/* SPDX-License-Identifier: MIT */
/*
 * start_kernel(): the order in which the kernel comes to life, as one list,
 * and process 1 until it becomes the user's /init.
 *
 * Two halves: start_kernel() runs as the boot hart's idle task, with interrupts
 * off and nobody to switch to; whatever may sleep, or needs the other harts, is
 * done in kernel_init() by process 1. The order of the calls is the order in which
 * they depend on each other; the comments say on what.
 *
 * Linux: init/main.c.
 */
#include <asm/sbi.h>
#include <asm/smp.h>
#include "kernel/drivers/block.h"
#include "kernel/drivers/tty.h"
#include "kernel/fork.h"
#include "kernel/fs/fs.h"
#include "kernel/futex.h"
#include "kernel/init.h"
#include "kernel/kthread.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/time.h"
#include "kernel/trace/trace.h"
#include "kernel/version.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define MAX_INIT_ARGS	32

static const char *argv_init[MAX_INIT_ARGS + 2] = { "/init" };
static const char *envp_init[MAX_INIT_ARGS + 3] = {
	"HOME=/", "TERM=vt102", "PATH=/bin:/sbin:/usr/bin:/usr/sbin",
};

/* Parameters of the kernel itself: they are not passed on to init. */
static const char *const kernel_params[] = {
	"quiet", "loglevel", "panic", "selftest", "slab_allocator", "slub_debug", "mem", "maxcpus",
	"init", "root", "rw", "ro", "console", "earlycon", "trace", "page_poison", "rootfstype",
	"fail_page_alloc", "nokaslr", "selftest_nonce", "rootflags", "rootwait", "rootdelay",
};

static bool is_kernel_param(const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < ARRAY_SIZE(kernel_params); i++) {
		if (strlen(kernel_params[i]) == len && !strncmp(word, kernel_params[i], len))
			return true;
	}
	return false;
}

/* As Linux: an unknown NAME=VALUE goes to init's environment, other words to its arguments. */
static void collect_init_args(void)
{
	const char *p = boot_command_line;
	int nr_args = 1, nr_env = 3;
	char *word = kmalloc(sizeof(boot_command_line), GFP_KERNEL);

	while (word && cmdline_next(&p, word, sizeof(boot_command_line))) {
		const char **slot;

		if (is_kernel_param(word))
			continue;
		if (strchr(word, '='))
			slot = nr_env < MAX_INIT_ARGS + 2 ? &envp_init[nr_env++] : NULL;
		else
			slot = nr_args < MAX_INIT_ARGS + 1 ? &argv_init[nr_args++] : NULL;
		if (slot)
			*slot = kstrdup(word, GFP_KERNEL);
	}
	kfree(word);
}

void parse_early_params(void)
{
	char value[16];

	if (cmdline_has("quiet"))
		console_loglevel = 4;
	if (cmdline_get("loglevel", value, sizeof(value)) &&
	    kstrtoint(value, 10, &console_loglevel))
		pr_warn("loglevel=%s is not a number\n", value);
}

/* File descriptors 0, 1 and 2 of process 1. */
static void console_on_rootfs(void)
{
	struct file *f;
	int err = file_open("/dev/console", O_RDWR, 0, &f);

	if (err) {
		pr_warn("Warning: unable to open an initial console (error %d)\n", -err);
		return;
	}
	for (int i = 0; i < 3; i++) {
		int fd = get_unused_fd_flags(0);

		if (fd >= 0)
			fd_install(fd, get_file(f));
	}
	fput(f);
}

/* Returns once the user's program is loaded. Without one there is no point in going on. */
static void run_init_process(void)
{
	static const char *const fallback[] = {
		"/init", "/sbin/init", "/etc/init", "/bin/init", "/bin/sh",
	};
	static char init[128];
	int err;

	if (cmdline_get("init", init, sizeof(init))) {
		argv_init[0] = init;
		err = kernel_execve(init, argv_init, envp_init);
		if (!err)
			return;
		panic("Requested init %s failed (error %d)", init, err);
	}
	/* The first is the initramfs's. */
	for (size_t i = root_is_disk(); i < ARRAY_SIZE(fallback); i++) {
		argv_init[0] = fallback[i];
		err = kernel_execve(fallback[i], argv_init, envp_init);
		if (!err)
			return;
		if (err != -ENOENT)
			pr_err("Starting init: %s exists but couldn't execute it (error %d)\n",
			       fallback[i], err);
	}
	panic("No working init found. Pass init= or an initrd to the kernel");
}

/* "selftest[=name]": run them instead of init, and power off with the result. */
static void run_selftests(void)
{
	char filter[64];
	int failures;

	if (!CONFIG_KSELFTEST || !cmdline_get("selftest", filter, sizeof(filter)))
		return;
	failures = selftests_run(filter[0] ? filter : NULL);
	machine_power_off(failures ? 1 : 0);
}

/* Process 1. Its return goes to user mode: kernel_execve() has set up the registers. */
static int kernel_init(void *unused)
{
	smp_boot();			/* needs the idle tasks, and sleeps until all are up */
	vfs_late_init();
	virtio_blk_init();		/* asks the disk, and waits for its interrupt */
	mount_root();
	populate_rootfs();		/* the archive still lies in the memory of the image */
	mm_late_init();			/* kswapd and the OOM reaper: kernel threads */
	run_selftests();
	free_initmem();			/* after the last use of the archive */
	if (root_is_disk())
		prepare_namespace();
	console_on_rootfs();		/* /dev/console is there now */
	collect_init_args();
	run_init_process();
	return 0;
}

/* Process 2: only the parent of kernel threads, who reaps nobody (they vanish by themselves). */
static int kthreadd(void *unused)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		flush_signals(current);
		schedule();
	}
	return 0;
}

/* Process 1 must get that number, so it is made first; it runs when we give up the hart. */
static __noreturn void rest_init(void)
{
	struct kernel_clone_args init = { .flags = CLONE_FS, .fn = kernel_init, .name = "init" };
	struct kernel_clone_args threads = { .flags = CLONE_FS | CLONE_FILES | CLONE_VM,
					     .fn = kthreadd, .name = "kthreadd" };
	pid_t pid;

	if (kernel_clone(&init, &pid) || kernel_clone(&threads, &pid))
		panic("no memory for the first processes");
	schedule();
	cpu_idle();
}

void start_kernel(void)
{
	timekeeping_init();		/* messages have a time */
	setup_arch();			/* device tree, memblock, final page tables */
	pr_notice("%s", quire_banner);
	pr_notice("Kernel command line: %s\n", boot_command_line);
	mm_core_init();			/* buddy, slab, vmalloc */
	trace_init();			/* the rings are vmalloc'ed; from here on all is seen */
	trap_init();
	irqchip_init();			/* registers may be mapped: ioremap needs vmalloc */
	sched_init();			/* we become the idle task of hart 0 */
	time_init();			/* the tick is programmed, and waits for interrupts */
	uart_init();			/* from the SBI console to our own, with interrupts */
	idle_threads_init();
	vfs_init();			/* caches and the root directory, which a fork copies */
	signals_init();
	fork_init();
	futex_init();
	local_irq_enable();
	rest_init();
}
