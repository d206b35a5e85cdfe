/* SPDX-License-Identifier: MIT */
/*
 * The argument strings of execve: gathered in kernel pages while the old
 * address space still exists, written to the new stack later.
 *
 * Linux: fs/exec.c, copy_strings(). Differs: Linux fills the new stack pages
 * directly; here they are copied once more, which keeps the two halves apart.
 */
#include <asm/uaccess.h>
#include "kernel/binfmt.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"

int args_alloc(struct arg_pages **args)
{
	*args = kzalloc(sizeof(**args), GFP_KERNEL);
	return *args ? 0 : -ENOMEM;
}

void args_free(struct arg_pages *args)
{
	if (!args)
		return;
	for (int i = 0; i < MAX_ARG_PAGES && args->pages[i]; i++)
		__free_page(args->pages[i]);
	kfree(args);
}

/* The place for the next byte, and how many fit there. 0, -E2BIG, -ENOMEM. */
static int args_room(struct arg_pages *args, char **at, size_t *room)
{
	size_t n = args->used / PAGE_SIZE, off = args->used % PAGE_SIZE;

	if (n >= MAX_ARG_PAGES)
		return -E2BIG;
	if (!args->pages[n])
		args->pages[n] = alloc_page(GFP_KERNEL);
	if (!args->pages[n])
		return -ENOMEM;
	*at = (char *)page_address(args->pages[n]) + off;
	*room = PAGE_SIZE - off;
	return 0;
}

int args_add_kernel(struct arg_pages *args, const char *s)
{
	size_t left = strlen(s) + 1;

	while (left) {
		size_t room;
		char *at;
		int err = args_room(args, &at, &room);

		if (err)
			return err;
		room = min(room, left);
		memcpy(at, s, room);
		s += room;
		left -= room;
		args->used += room;
	}
	return 0;
}

static int args_add_user(struct arg_pages *args, const char __user *s)
{
	size_t total = 0;

	for (;;) {
		size_t room;
		char *at;
		long n;
		int err = args_room(args, &at, &room);

		if (err)
			return err;
		n = strncpy_from_user(at, s, room);
		if (n < 0)
			return n;
		total += n;
		if (total >= MAX_ARG_STRLEN)
			return -E2BIG;
		if ((size_t)n < room) {		/* its end is in this page */
			args->used += n + 1;
			return 0;
		}
		args->used += n;
		s += n;
	}
}

/* The i-th pointer of the vector; NULL at its end. */
static int get_arg(const struct arg_source *src, int i, const char **s)
{
	if (src->kernel) {
		*s = ((const char *const *)src->vec)[i];
		return 0;
	}
	if (!src->vec) {
		*s = NULL;
		return 0;
	}
	return get_user(*s, (const char *const __user *)src->vec + i);
}

int args_add_vector(struct arg_pages *args, const struct arg_source *src, int skip, int *count)
{
	for (int i = 0; ; i++) {
		const char *s;
		int err = get_arg(src, i, &s);

		if (err)
			return err;
		if (!s)
			return 0;
		if (i < skip)
			continue;
		err = src->kernel ? args_add_kernel(args, s) : args_add_user(args, s);
		if (err)
			return err;
		++*count;
		/* The pointers go on the stack too. */
		if ((args->argc + args->envc) * sizeof(long) > MAX_ARG_PAGES * PAGE_SIZE / 2)
			return -E2BIG;
	}
}

size_t args_next(const struct arg_pages *args, size_t at)
{
	while (at < args->used) {
		size_t off = at % PAGE_SIZE, room = min(PAGE_SIZE - off, args->used - at);
		const char *s = (const char *)page_address(args->pages[at / PAGE_SIZE]) + off;
		size_t len = strnlen(s, room);

		if (len < room)
			return at + len + 1;
		at += room;		/* it goes on in the next page */
	}
	return at;
}

int args_copy_out(const struct arg_pages *args, unsigned long addr)
{
	size_t done = 0;

	while (done < args->used) {
		size_t n = min(args->used - done, PAGE_SIZE);

		if (copy_to_user((void __user *)(addr + done),
				 page_address(args->pages[done / PAGE_SIZE]), n))
			return -EFAULT;
		done += n;
	}
	return 0;
}
