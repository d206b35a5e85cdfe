/* SPDX-License-Identifier: MIT */
/*
 * iov_iter: where the bytes of a read go, or those of a write come from.
 *
 * Either segments of user memory (one for read(2), several for readv(2)) or one
 * of kernel memory. All functions move the position by what they copied, and
 * copy less than asked for only at a bad address.
 *
 * Whoever makes an iterator over user memory has checked it with access_ok().
 *
 * Locks: none; user memory may fault, so it may sleep, but for the _nofault one.
 *
 * Linux: lib/iov_iter.c. Differs: two kinds only, no page vectors.
 */
#include "kernel/fs/internal.h"
#include "lib/string.h"

/*
 * Kernel memory: for kernel_read() and kernel_write(). The same structure, so that
 * files need not know.
 */
void iov_iter_kbuf(struct iov_iter *i, void *buf, size_t n)
{
	iov_iter_ubuf(i, buf, n);
	i->kernel = true;
}

/* Segments that were copied in and checked; `count` is their sum. */
void iov_iter_init(struct iov_iter *i, const struct iovec *iov, unsigned long nr, size_t count)
{
	i->kernel = false;
	i->iov = iov;
	i->nr_segs = nr;
	i->iov_offset = 0;
	i->count = count;
}

/* Segments that are used up are left behind, empty ones with them. */
void iov_iter_advance(struct iov_iter *i, size_t n)
{
	n = min(n, i->count);
	i->count -= n;
	i->iov_offset += n;
	while (i->nr_segs > 1 && i->iov_offset >= i->iov->iov_len) {
		i->iov_offset -= i->iov->iov_len;
		i->iov++;
		i->nr_segs--;
	}
}

/* Go back over what was advanced; the segments before are still there. */
void iov_iter_revert(struct iov_iter *i, size_t n)
{
	i->count += n;
	while (n > i->iov_offset) {
		n -= i->iov_offset;
		i->iov--;
		i->nr_segs++;
		i->iov_offset = i->iov->iov_len;
	}
	i->iov_offset -= n;
}

/* What is left of the current segment: its address, and *len at most n. */
static inline char *iter_segment(struct iov_iter *i, size_t n, size_t *len)
{
	*len = min(n, i->iov->iov_len - i->iov_offset);
	return (char *)i->iov->iov_base + i->iov_offset;
}

/* What to do with one piece of a segment; the number of bytes NOT done. */
enum iter_op { ITER_TO, ITER_FROM, ITER_ZERO };

/* The switch is on a constant in each caller, so none of it is left at run time. */
static inline size_t iter_piece(const struct iov_iter *i, enum iter_op op, char *seg, void *mem,
				size_t n)
{
	if (unlikely(i->kernel)) {
		if (op == ITER_TO)
			memcpy(seg, mem, n);
		else if (op == ITER_FROM)
			memcpy(mem, seg, n);
		else
			memset(seg, 0, n);
		return 0;
	}
	if (op == ITER_TO)
		return __asm_copy_to_user(seg, mem, n);
	if (op == ITER_FROM)
		return __asm_copy_from_user(mem, seg, n);
	return __asm_clear_user(seg, n);
}

/* Piece by piece; stops at the first byte that cannot be copied. */
static inline size_t iterate(struct iov_iter *i, enum iter_op op, char *mem, size_t n)
{
	size_t done = 0, len, left;

	n = min(n, i->count);
	while (done < n) {
		char *seg = iter_segment(i, n - done, &len);

		left = len ? iter_piece(i, op, seg, mem + done, len) : 0;
		iov_iter_advance(i, len - left);
		done += len - left;
		if (left)
			break;
	}
	return done;
}

/* One segment of user memory: read(2) and write(2), which must be fast. */
static inline bool iter_is_simple(const struct iov_iter *i)
{
	return likely(i->nr_segs == 1 && !i->kernel);
}

/* The only segment: no need to look for the next. */
static inline size_t iter_simple_done(struct iov_iter *i, size_t n)
{
	i->iov_offset += n;
	i->count -= n;
	return n;
}

/* For reads. The copy of a page is most of the cost of a cached read. */
size_t copy_to_iter(const void *from, size_t n, struct iov_iter *i)
{
	if (iter_is_simple(i)) {
		char *to = (char *)i->iov->iov_base + i->iov_offset;

		n = min(n, i->count);
		return iter_simple_done(i, n - __asm_copy_to_user(to, from, n));
	}
	return iterate(i, ITER_TO, (char *)from, n);
}

/* For writes that hold no folio lock. */
size_t copy_from_iter(void *to, size_t n, struct iov_iter *i)
{
	if (iter_is_simple(i)) {
		const char *from = (char *)i->iov->iov_base + i->iov_offset;

		n = min(n, i->count);
		return iter_simple_done(i, n - __asm_copy_from_user(to, from, n));
	}
	return iterate(i, ITER_FROM, to, n);
}

/* For holes, and /dev/zero. */
size_t iov_iter_zero(size_t n, struct iov_iter *i)
{
	return iterate(i, ITER_ZERO, NULL, n);
}

/*
 * in_fault_disabled makes the fault handler give up at once, instead of bringing the
 * page in.
 */
size_t copy_from_iter_nofault(void *to, size_t n, struct iov_iter *i)
{
	size_t done;

	current->in_fault_disabled++;
	barrier();
	done = copy_from_iter(to, n, i);
	barrier();
	current->in_fault_disabled--;
	return done;
}

/* Touch a byte in each page of the current segment's next n bytes. */
size_t fault_in_iov_iter_readable(struct iov_iter *i, size_t n)
{
	size_t len, done = 0;
	char *seg;
	char c;

	if (i->kernel)
		return 0;
	seg = iter_segment(i, min(n, i->count), &len);
	while (done < len) {
		if (get_user(c, (char __user *)seg + done))
			break;
		(void)c;
		done += PAGE_SIZE - offset_in_page(seg + done);
	}
	done = min(done, len);
	return n - done;
}
