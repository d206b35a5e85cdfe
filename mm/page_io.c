/* SPDX-License-Identifier: MIT */
/*
 * Swap I/O: folios to slots of the disk and back.
 *
 * Write-out gathers: reclaim hands over folio after folio, and as slots are handed
 * out in a row they mostly follow each other on the disk. So each area keeps one bio
 * to which the next folio is added if its slot is the next; it is submitted when it is
 * full, when a slot does not follow, and at the end of each batch of reclaim
 * (swap_write_flush()). The same is done for read-ahead, with a bio on the stack.
 *
 * When something goes wrong nothing is lost: a folio that could not be written stays
 * in memory, dirty, with PG_error; one that could not be read stays !uptodate, and whoever
 * touches it gets SIGBUS.
 *
 * Invariants: a folio under writeback is in the swap cache, whose reference keeps it;
 * one being read is locked. So the interrupt needs no reference of its own.
 *
 * Locks: swap_info.wlock around wbio; nothing is submitted under it. Completion runs in
 * the interrupt and takes none.
 *
 * Linux: mm/page_io.c. Differs: gathers by itself, there is no block layer plug.
 */
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/trace/trace.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/swap_internal.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

#define SECTORS_PER_PAGE	(PAGE_SIZE / SECTOR_SIZE)

static sector_t folio_sector(const struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_swapcache));
	return swp_offset(folio_swap_entry(f)) * SECTORS_PER_PAGE;
}

static struct folio *vec_folio(const struct bio *bio, unsigned int i)
{
	return page_folio(bio->vecs[i].page);
}

static void report_error(const char *what, const struct bio *bio)
{
	if (printk_ratelimit())
		pr_err("%s-error on swap-device (%u:%u:%lu)\n", what, MAJOR(bio->bdev->dev),
		       MINOR(bio->bdev->dev), (unsigned long)bio->sector);
}

/* ---- completion: interrupt context ---- */

/*
 * A request of many pages fails as a whole, and mostly one of its sectors is to blame.
 * The pages are then tried one by one with the same bio, so that only those fail that
 * must. Pages still to come stand behind the first; private is their number.
 */
static void retry_singly(struct bio *bio)
{
	VM_BUG_ON(bio->nr_vecs < 2 || bio->private);
	bio->private = (void *)(unsigned long)(bio->nr_vecs - 1);
	bio->nr_vecs = 1;
	bio->status = 0;
	submit_bio(bio);
}

/* The first page is done: on with the next. false: that was all. */
static bool submit_rest(struct bio *bio)
{
	unsigned long left = (unsigned long)bio->private;

	if (!left)
		return false;
	memmove(bio->vecs, bio->vecs + 1, left * sizeof(bio->vecs[0]));
	bio->sector += SECTORS_PER_PAGE;
	bio->private = (void *)(left - 1);
	bio->status = 0;
	submit_bio(bio);
	return true;
}

static void end_write_folio(struct folio *f, bool ok)
{
	VM_BUG_ON(!folio_test(f, PG_writeback));
	if (unlikely(!ok)) {
		folio_set(f, PG_error);
		folio_set(f, PG_dirty);
		folio_clear(f, PG_reclaim);
	}
	folio_end_writeback(f);
}

static void end_swap_write(struct bio *bio)
{
	if (unlikely(bio->status) && bio->nr_vecs > 1) {
		retry_singly(bio);
		return;
	}
	if (unlikely(bio->status))
		report_error("Write", bio);
	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		end_write_folio(vec_folio(bio, i), !bio->status);
	if (unlikely(bio->private) && submit_rest(bio))
		return;
	bio_put(bio);
	writeback_progress();
}

static void end_swap_read(struct bio *bio)
{
	if (unlikely(bio->status) && bio->nr_vecs > 1) {
		retry_singly(bio);
		return;
	}
	if (unlikely(bio->status))
		report_error("Read", bio);
	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		folio_end_read(vec_folio(bio, i), !bio->status);
	if (unlikely(bio->private) && submit_rest(bio))
		return;
	bio_put(bio);
}

/* ---- gathering ---- */

/* Does f continue the request on the disk, and is there room? Then it is part of it now. */
static bool bio_append(struct bio *bio, struct folio *f)
{
	return bio && folio_sector(f) == bio->sector + bio->nr_vecs * SECTORS_PER_PAGE &&
	       bio_add_page(bio, &f->page, PAGE_SIZE, 0);
}

static struct bio *new_bio(struct swap_info *si, enum req_op op, struct folio *f)
{
	struct bio *bio = bio_alloc(si->bdev, op, folio_sector(f), GFP_NOWAIT);

	if (!bio) {
		/* We may be sitting on all there are: let them go before we wait for one. */
		swap_write_flush();
		bio = bio_alloc(si->bdev, op, folio_sector(f), GFP_NOIO);
	}
	bio->end_io = op == REQ_OP_WRITE ? end_swap_write : end_swap_read;
	(void)bio_add_page(bio, &f->page, PAGE_SIZE, 0);
	return bio;
}

/* Make bio (may be NULL) the one that is gathered, and submit what was. */
static void write_plug_replace(struct swap_info *si, struct bio *bio)
{
	struct bio *old;

	spin_lock(&si->wlock);
	old = si->wbio;
	si->wbio = bio;
	spin_unlock(&si->wlock);
	if (old)
		submit_bio(old);
}

static void write_plug_add(struct swap_info *si, struct folio *f)
{
	bool appended;

	spin_lock(&si->wlock);
	appended = bio_append(si->wbio, f);
	spin_unlock(&si->wlock);
	if (!appended)
		write_plug_replace(si, new_bio(si, REQ_OP_WRITE, f));
}

void swap_write_flush(void)
{
	for (int type = 0; type < MAX_SWAPFILES; type++)
		if (READ_ONCE(swap_infos[type].wbio))
			write_plug_replace(&swap_infos[type], NULL);
}

int swap_writepage(struct folio *f)
{
	struct swap_info *si = swap_entry_info(folio_swap_entry(f));

	VM_BUG_ON(!folio_test(f, PG_locked) || !folio_test(f, PG_swapcache));
	/* Its last user has gone since: no need to write what nobody will read. */
	if (folio_free_swap(f)) {
		folio_unlock(f);
		return 0;
	}
	folio_clear(f, PG_dirty);
	folio_clear(f, PG_error);
	folio_start_writeback(f);
	folio_unlock(f);
	count_vm_event(PSWPOUT);
	trace_swap_out(f);
	write_plug_add(si, f);
	return 0;
}

void swap_plug_submit(struct swap_read_plug *plug)
{
	if (plug->bio)
		submit_bio(plug->bio);
	plug->bio = NULL;
}

void swap_plug_read(struct swap_read_plug *plug, struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_locked) || folio_test(f, PG_uptodate));
	count_vm_event(PSWPIN);
	trace_swap_in(f);
	if (bio_append(plug->bio, f))
		return;
	swap_plug_submit(plug);
	plug->bio = new_bio(swap_entry_info(folio_swap_entry(f)), REQ_OP_READ, f);
}

int swap_read_folio(struct folio *f)
{
	struct swap_read_plug plug = { NULL };

	swap_plug_read(&plug, f);
	swap_plug_submit(&plug);
	return 0;
}
