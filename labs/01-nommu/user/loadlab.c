/* SPDX-License-Identifier: MIT */
/*
 * loadlab fixed - run program files that the kernel must refuse, or move: copies of this one, and
 * one that is linked far away.
 *
 * It never needs fork, so that it runs without an MMU.
 *
 * Linux: none.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/util.h"

#define REFUSED (128 + SIGKILL)		/* it is too late for an errno */
#define ANSWER 42

static int create(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0)
		die(name);
	return fd;
}

/* This program once more, but its header says that it is of this type. */
static void copy_self(const char *name, int type)
{
	int from = open("/proc/self/exe", O_RDONLY), to = create(name);
	char page[4096];
	ssize_t n;

	if (from < 0)
		die("open");
	for (int first = 1; (n = read(from, page, sizeof(page))) > 0; first = 0) {
		if (first)
			((Elf64_Ehdr *)page)->e_type = type;
		if (write(to, page, n) != n)
			die("write");
	}
	close(from);
	close(to);
}

/* A program of three instructions that runs anywhere, and is linked at 1 GiB. */
static void make_far(const char *name)
{
	static const struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		uint32_t code[3];
	} file = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_DYN, .e_machine = EM_RISCV, .e_version = EV_CURRENT,
			.e_entry = (1UL << 30) + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
			.e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
		},
		.segment = {
			.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 1UL << 30,
			.p_filesz = sizeof(file), .p_memsz = sizeof(file), .p_align = 4096,
		},
		/* li a0, ANSWER; li a7, __NR_exit_group; ecall */
		.code = { ANSWER << 20 | 0x513, 94 << 20 | 0x893, 0x73 },
	};
	int fd = create(name);

	if (write(fd, &file, sizeof(file)) != sizeof(file))
		die("write");
	close(fd);
}

/* Run it; is its status, as a shell has it, the right one? */
static int ends_with(char *file, int right)
{
	char *const args[] = { file, "nothing", NULL };
	pid_t pid = vfork();
	int status;

	if (!pid) {
		execv(file, args);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	if (status != right)
		printf("%s: status %d, not %d\n", file, status, right);
	return status == right;
}

static int fixed(void)
{
	int right;

	copy_self("/tmp/fixed", ET_EXEC);
	copy_self("/tmp/short", ET_DYN);
	make_far("/tmp/far");
	right = ends_with("/tmp/fixed", REFUSED) && ends_with("/tmp/far", ANSWER) &&
		ends_with("/tmp/short", 0);
	if (!right)
		return 1;
	printf("at short %d\n", getpid());
	looked();
	return !ends_with("/tmp/short", REFUSED);
}

static int nothing(void)
{
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lab_state states[] = { { "fixed", fixed }, { "nothing", nothing } };

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
