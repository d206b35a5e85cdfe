/* SPDX-License-Identifier: MIT */
/*
 * SLUB's debugging: checks on each allocation and free of a cache, and reports.
 *
 * slub_debug=FLAGS[,CACHE...] on the command line chooses what and where:
 *   F  consistency: free pointers, wrong caches, double frees (default of
 *      debug builds for all caches)
 *   Z  red zone: a word behind the object that nobody may write
 *   P  poison: a free object is 0x6b.. 0xa5, and must still be when allocated
 *   U  user: who allocated and who freed, with time, hart and task
 * "slub_debug" alone is FZPU for all, "slub_debug=-" is nothing for anybody.
 *
 * A slot with everything on:
 *   object | red zone | link to next free | cookie | track alloc | track free | pad
 * and without Z, P, U and a ctor the link and the cookie lie in the free object
 * itself, so that F changes no layout.
 *
 * Whether an object is free is known without a search: by the red zone (0xbb
 * free, 0xcc in use) or by the cookie, a number made from the address. Only if
 * the cookie says "free already" is the freelist walked to be sure.
 *
 * A report names the cache, what is wrong, who had the object, and shows its
 * bytes; then what was overwritten is repaired, the kernel is tainted, and
 * goes on. What cannot be trusted is not used again.
 *
 * Locks: all checks run under the node's list_lock.
 *
 * Linux: mm/slub.c, check_object(), object_err(), slub_debug. Differs: no red
 * zone on the left (the slot before ends there); no stack traces in tracks.
 */
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/time.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/debug.h"
#include "mm/slab_internal.h"

#define SLUB_RED_INACTIVE	0xbb
#define SLUB_RED_ACTIVE		0xcc
#define POISON_INUSE		0x5a	/* never given out yet */
#define POISON_FREE		0x6b
#define POISON_END		0xa5	/* last byte of a poisoned object */
#define COOKIE_MAGIC		0xf4eedf4eed5a5a01UL

struct track {
	const void *addr;		/* who called */
	unsigned long when;		/* jiffies */
	int cpu, pid;
};
enum track_item { TRACK_ALLOC, TRACK_FREE };

static slab_flags_t debug_flags;	/* from slub_debug= or the build */
static char debug_caches[128];		/* comma list; empty: all */

/* ---- choosing ---- */

/* "FZ,..." as flags; an unknown letter is reported and skipped. */
static slab_flags_t parse_flags(const char *s)
{
	slab_flags_t flags = 0;

	for (; *s && *s != ','; s++) {
		switch (*s) {
		case 'f': case 'F':	flags |= SLAB_CONSISTENCY; break;
		case 'z': case 'Z':	flags |= SLAB_RED_ZONE; break;
		case 'p': case 'P':	flags |= SLAB_POISON; break;
		case 'u': case 'U':	flags |= SLAB_STORE_USER; break;
		case '-':		return 0;
		default:		pr_warn("slub_debug: option '%c' is not known\n", *s);
		}
	}
	return flags;
}

void slub_debug_init(void)
{
	char value[128];
	const char *comma;

	debug_flags = SLAB_CONSISTENCY;
	debug_caches[0] = '\0';
	if (!cmdline_get("slub_debug", value, sizeof(value)))
		return;
	comma = strchr(value, ',');
	debug_flags = *value && comma != value ? parse_flags(value) : SLAB_DEBUG_FLAGS;
	if (comma)
		strscpy(debug_caches, comma + 1, sizeof(debug_caches));
	pr_info("SLUB debugging:%s%s%s%s%s%s\n",
		debug_flags & SLAB_CONSISTENCY ? " checks" : "",
		debug_flags & SLAB_RED_ZONE ? " redzone" : "",
		debug_flags & SLAB_POISON ? " poison" : "",
		debug_flags & SLAB_STORE_USER ? " user" : "",
		*debug_caches ? " for " : "", debug_caches);
}

slab_flags_t slub_debug_flags(const char *name)
{
	size_t len = strlen(name);
	const char *p = debug_caches;

	if (!*p)
		return debug_flags;
	for (; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (!strncmp(p, name, len) && (!p[len] || p[len] == ','))
			return debug_flags;
	return 0;
}

/* ---- where things are ---- */

void slub_debug_layout(struct kmem_cache *s)
{
	if (s->flags & SLAB_RED_ZONE) {
		/* At least a word; the rounding of the size belongs to it. */
		s->inuse = ALIGN(s->object_size + sizeof(void *), sizeof(void *));
		s->size = s->inuse;
	}
	if ((s->flags & SLAB_POISON) || s->ctor) {
		/* The object's own bytes mean something while it is free. */
		s->offset = s->inuse;
		s->size = s->inuse + 2 * sizeof(void *);
	}
	if (s->flags & SLAB_STORE_USER) {
		s->track = s->size;
		s->size += 2 * sizeof(struct track);
	}
}

/* The cookie lies behind the link, if there is room. */
static unsigned long *cookie_of(const struct kmem_cache *s, void *object)
{
	if (!s->offset && s->object_size < 2 * sizeof(void *))
		return NULL;
	return (unsigned long *)((char *)object + s->offset + sizeof(void *));
}

static unsigned long cookie_value(const void *object)
{
	return (unsigned long)object ^ COOKIE_MAGIC;
}

static struct track *get_track(const struct kmem_cache *s, void *object, enum track_item item)
{
	VM_BUG_ON(!s->track);
	return (struct track *)((char *)object + s->track) + item;
}

/* Does it point at the start of one of the slab's objects? */
static bool valid_object(const struct kmem_cache *s, const struct slab *slab, const void *object)
{
	size_t offset = (const char *)object - (const char *)slab_address(slab);

	return offset < (size_t)slab->objects * s->size && offset % s->size == 0;
}

/* ---- reports ---- */

/* The head of every report. */
static void slab_bug(const struct kmem_cache *s, const char *what)
{
	tainted |= TAINT_BAD_PAGE;
	pr_err("=============================================================================\n");
	pr_err("BUG %s: %s\n", s->name, what);
	pr_err("-----------------------------------------------------------------------------\n");
}

/* One line of an object's history. */
static void print_track(const char *what, const struct track *t)
{
	char buf[KSYM_NAME_LEN];
	unsigned long offset;
	const char *name;

	if (!t->addr)
		return;
	name = kallsyms_lookup((unsigned long)t->addr, &offset, buf);
	pr_err("%s in %s+%#lx age=%lu cpu=%d pid=%d\n", what, name ? name : "?",
	       name ? offset : (unsigned long)t->addr, jiffies - t->when, t->cpu, t->pid);
}

static void print_bytes(const char *what, const unsigned char *p, unsigned int n)
{
	char line[16 * 3 + 1];
	unsigned int i, j;

	for (i = 0; i < n; i += 16) {
		for (j = 0; j < 16 && i + j < n; j++)
			snprintf(line + 3 * j, 4, " %02x", p[i + j]);
		pr_err("%-9s %p:%s\n", what, (const void *)(p + i), line);
	}
}

/* All that is known of an object: its history, its slab, its bytes. */
static void print_object(const struct kmem_cache *s, const struct slab *slab, void *object)
{
	if (s->track) {
		print_track("Allocated", get_track(s, object, TRACK_ALLOC));
		print_track("Freed", get_track(s, object, TRACK_FREE));
	}
	pr_err("Slab %p objects=%u used=%u fp=%p flags=%#lx\n", (const void *)slab,
	       slab->objects, slab->inuse, slab->freelist, slab->flags);
	pr_err("Object %p @offset=%lu fp=%p\n", object,
	       (unsigned long)((char *)object - (char *)slab_address(slab)),
	       get_freepointer(s, object));
	print_bytes("Object", object, min(s->object_size, 64U));
	if (s->flags & SLAB_RED_ZONE)
		print_bytes("Redzone", (unsigned char *)object + s->object_size,
			    s->inuse - s->object_size);
}

static void object_err(const struct kmem_cache *s, const struct slab *slab, void *object,
		       const char *what)
{
	slab_bug(s, what);
	print_object(s, slab, object);
	dump_stack();
}

/* ---- bytes that must have a value ---- */

/* One run of bytes of an object, and what it should be. */
struct expected {
	const char *what;
	unsigned int from, len;
	unsigned char value;
};

/* => true: all as they should be. Else reported, and repaired. */
static bool check_bytes(const struct kmem_cache *s, const struct slab *slab, void *object,
			const struct expected *e)
{
	unsigned char *start = (unsigned char *)object + e->from, *end = start + e->len;
	unsigned char *bad = memchr_inv(start, e->value, e->len);
	char what[48];

	if (likely(!bad))
		return true;
	while (end[-1] == e->value)
		end--;
	snprintf(what, sizeof(what), "%s overwritten", e->what);
	slab_bug(s, what);
	pr_err("%p-%p @offset=%lu. First byte %#x instead of %#x\n", (void *)bad,
	       (void *)(end - 1), (unsigned long)(bad - (unsigned char *)slab_address(slab)),
	       *bad, e->value);
	print_object(s, slab, object);
	dump_stack();
	pr_err("FIX %s: Restoring %s %p-%p=%#x\n", s->name, e->what, (void *)bad,
	       (void *)(end - 1), e->value);
	memset(bad, e->value, end - bad);
	return false;
}

/* Behind the object: 0xcc while in use, 0xbb while free. */
static bool check_redzone(const struct kmem_cache *s, const struct slab *slab, void *object,
			  unsigned char value)
{
	struct expected e = { "Redzone", s->object_size, s->inuse - s->object_size, value };

	return !(s->flags & SLAB_RED_ZONE) || check_bytes(s, slab, object, &e);
}

/* The object itself, while it is free. A constructed one is left as its ctor made it. */
static bool check_poison(const struct kmem_cache *s, const struct slab *slab, void *object)
{
	struct expected body = { "Poison", 0, s->object_size - 1, POISON_FREE };
	struct expected last = { "End Poison", s->object_size - 1, 1, POISON_END };

	if (!(s->flags & SLAB_POISON) || s->ctor)
		return true;
	if (!check_bytes(s, slab, object, &body))
		return false;
	return check_bytes(s, slab, object, &last);
}

/* Paint an object as free or as in use. */
static void init_object(const struct kmem_cache *s, void *object, unsigned char redzone)
{
	unsigned char *p = object;
	unsigned long *cookie = cookie_of(s, object);

	if ((s->flags & SLAB_POISON) && !s->ctor && redzone == SLUB_RED_INACTIVE) {
		memset(p, POISON_FREE, s->object_size - 1);
		p[s->object_size - 1] = POISON_END;
	}
	if (s->flags & SLAB_RED_ZONE)
		memset(p + s->object_size, redzone, s->inuse - s->object_size);
	if (cookie)
		*cookie = redzone == SLUB_RED_INACTIVE ? cookie_value(object) : 0;
}

static void set_track(const struct kmem_cache *s, void *object, enum track_item item,
		      const void *caller)
{
	if (!s->track)
		return;
	*get_track(s, object, item) = (struct track){
		.addr = caller, .when = jiffies,
		.cpu = smp_processor_id(), .pid = current->pid };
}

/* ---- the hooks of slub.c ---- */

void slub_debug_init_slab(struct kmem_cache *s, struct slab *slab)
{
	char *base = slab_address(slab);
	unsigned int i;

	VM_BUG_ON(slab->cache != s || !slab->objects);
	if (s->flags & SLAB_POISON)
		memset(base, POISON_INUSE, PAGE_SIZE << folio_order((struct folio *)slab));
	for (i = 0; i < slab->objects; i++) {
		init_object(s, base + i * s->size, SLUB_RED_INACTIVE);
		if (s->track)
			memset(get_track(s, base + i * s->size, 0), 0, 2 * sizeof(struct track));
	}
}

/* Is the link of a free object one that a free object can have? */
static bool check_freepointer(const struct kmem_cache *s, const struct slab *slab, void *object)
{
	void *next = get_freepointer(s, object);
	unsigned long *cookie = cookie_of(s, object);

	if (next && !valid_object(s, slab, next)) {
		object_err(s, slab, object, "Freepointer corrupt");
		return false;
	}
	if (cookie && *cookie != cookie_value(object)) {
		object_err(s, slab, object, "Free object was written to");
		*cookie = cookie_value(object);
	}
	return true;
}

bool slub_debug_alloc(struct kmem_cache *s, struct slab *slab, void *object, const void *caller)
{
	if (!valid_object(s, slab, object)) {
		slab_bug(s, "Freelist corrupt");
		pr_err("Slab %p fp=%p is not an object\n", (void *)slab, object);
		goto quarantine;
	}
	if (!check_freepointer(s, slab, object))
		goto quarantine;
	/* These are repaired: the object can be used. */
	check_redzone(s, slab, object, SLUB_RED_INACTIVE);
	check_poison(s, slab, object);
	set_track(s, object, TRACK_ALLOC, caller);
	init_object(s, object, SLUB_RED_ACTIVE);
	return true;

quarantine:
	pr_err("FIX %s: Marking all objects used\n", s->name);
	return false;
}

/* Is the object free? By walking, with care: the list may be what is broken. */
static bool on_freelist(const struct kmem_cache *s, const struct slab *slab, const void *object)
{
	unsigned int left = slab->objects;
	void *p;

	for (p = slab->freelist; p && left-- && valid_object(s, slab, p);
	     p = get_freepointer(s, p))
		if (p == object)
			return true;
	return false;
}

/* The cookie answers nearly always; it may also be the user's data by chance. */
static bool free_already(const struct kmem_cache *s, const struct slab *slab, void *object)
{
	unsigned long *cookie = cookie_of(s, object);

	if (cookie && *cookie != cookie_value(object))
		return false;
	return on_freelist(s, slab, object);
}

bool slub_debug_free(struct kmem_cache *s, struct slab *slab, void *object, const void *caller)
{
	if (!(slab->flags & BIT(PG_slab)) || slab->cache != s) {
		slab_bug(s, "Wrong slab: object does not belong to this cache");
		if (slab->flags & BIT(PG_slab))
			pr_err("Object %p is of cache %s\n", object, slab->cache->name);
		goto refuse;
	}
	if (!valid_object(s, slab, object)) {
		slab_bug(s, "Invalid object pointer");
		pr_err("Object %p in slab %p of %u bytes each\n", object, (void *)slab, s->size);
		goto refuse;
	}
	if (free_already(s, slab, object)) {
		object_err(s, slab, object, "Object already free");
		goto refuse_quietly;
	}
	check_redzone(s, slab, object, SLUB_RED_ACTIVE);
	set_track(s, object, TRACK_FREE, caller);
	init_object(s, object, SLUB_RED_INACTIVE);
	return true;

refuse:
	dump_stack();
refuse_quietly:
	pr_err("FIX %s: Object at %p not freed\n", s->name, object);
	return false;
}

void slub_debug_check_free(struct kmem_cache *s, struct slab *slab)
{
	unsigned int left = slab->objects;
	void *object;

	for (object = slab->freelist; object && left--; object = get_freepointer(s, object)) {
		if (!valid_object(s, slab, object)) {
			slab_bug(s, "Freelist corrupt");
			return;
		}
		if (!check_freepointer(s, slab, object))
			return;
		check_redzone(s, slab, object, SLUB_RED_INACTIVE);
		check_poison(s, slab, object);
	}
}
