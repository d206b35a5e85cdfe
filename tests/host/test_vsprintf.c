/* SPDX-License-Identifier: MIT */
/*
 * test_vsprintf.c - formatted output against libc's, with random conversions and values.
 *
 * Linux: lib/test_printf.c. Differs: libc is the model.
 */
#include "host_test.h"
#include "lib/vsprintf.h"
#include "quire_libc.h"

static char got[512], want[512];

/* Compare with libc for the same arguments, with full and with too little room. */
#define check_same(...) do {						\
	int len_want = snprintf(want, sizeof(want), __VA_ARGS__);	\
	int len_got = quire_snprintf(got, sizeof(got), __VA_ARGS__);	\
	assert_string_equal(got, want);					\
	assert_int_equal(len_got, len_want);				\
	check_cut(len_want, quire_snprintf(NULL, 0, __VA_ARGS__));	\
	check_small(__VA_ARGS__);					\
} while (0)

static void check_cut(int want_len, int got_len)
{
	assert_int_equal(got_len, want_len);
}

/* A buffer on the heap that is too small, so that ASan sees a byte too many. */
static void check_small(const char *fmt, ...)
{
	size_t size = rnd(12), full = strlen(want);
	char *small = malloc(size + 1);
	va_list args;

	small[size] = 'E';
	va_start(args, fmt);
	assert_int_equal(quire_vsnprintf(small, size, fmt, args), (int)full);
	va_end(args);
	assert_int_equal(small[size], 'E');
	if (size) {
		assert_int_equal(strlen(small), min(full, size - 1));
		assert_memory_equal(small, want, min(full, size - 1));
	}
	va_start(args, fmt);
	assert_int_equal(vscnprintf(small, size, fmt, args), size ? min(full, size - 1) : 0);
	va_end(args);
	free(small);
}

/* A conversion with random flags, width and precision. */
static void random_format(char *fmt, const char *flags, const char *size, char conv)
{
	char *p = fmt;

	*p++ = '<';
	*p++ = '%';
	for (; *flags; flags++)
		if (rnd(3) == 0)
			*p++ = *flags;
	if (rnd(2))
		p += sprintf(p, "%u", 1 + rnd(30));
	if (rnd(2))
		p += sprintf(p, ".%u", rnd(25));
	p += sprintf(p, "%s%c>", size, conv);
	*p = '\0';
}

static u64 random_value(void)
{
	static const u64 special[] = { 0, 1, 9, 10, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff,
				       0x80000000, 0xffffffff, S64_MAX, (u64)S64_MIN, U64_MAX };

	return rnd(3) ? rnd64() >> rnd(64) : special[rnd(ARRAY_SIZE(special))];
}

static void integers(void **state)
{
	static const char convs[] = "diuxXo";
	static const char *const sizes[] = { "l", "ll", "z", "t", "j", "", "h", "hh" };
	char fmt[64];
	int round;

	for (round = 0; round < 200000; round++) {
		char conv = convs[rnd(6)];
		bool is_signed = conv == 'd' || conv == 'i';
		u32 size = rnd(8);
		u64 val = random_value();

		/* Only flags that C defines for the conversion. */
		random_format(fmt, is_signed ? "-+ 0" : conv == 'u' ? "-0" : "-0#",
			      sizes[size], conv);
		if (size < 5)
			check_same(fmt, val);
		else
			check_same(fmt, (unsigned int)val);
	}
}

static void strings(void **state)
{
	char fmt[64], text[20];
	int round;

	for (round = 0; round < 20000; round++) {
		u32 len = rnd(sizeof(text));

		memset(text, 'a' + (int)rnd(26), len);
		text[len] = '\0';
		random_format(fmt, "-", "", 's');
		check_same(fmt, text);
	}
	/* The precision bounds the reading. */
	memset(text, 'z', sizeof(text));
	check_same("%.20s|%.3s", text, text);
	quire_snprintf(got, sizeof(got), "%s %6.3s", NULL, NULL);
	assert_string_equal(got, "(null)    (nu");
}

static void mixed(void **state)
{
	check_same("no conversion");
	check_same("%s", "");
	check_same("100%% of %d pages, %5lu kB", 7, 1234UL);
	check_same("%c%c%3c%-3c|", 'a', 'b', 'c', 'd');
	check_same("%*d %-*d|", 6, 42, 6, 42);
	check_same("%*d|%.*d|", -6, 42, -3, 42);
	check_same("%.*s|%*s", 2, "abcdef", -5, "x");
	check_same("%08x %#010lx %#o", 0xbeefU, 0xbeefUL, 8U);
	check_same("%zu %zd %td", (size_t)1 << 40, (ssize_t)-5, (ptrdiff_t)-6);
	check_same("%hhu %hd %hhd", (u8)300, (s16)70000, (s8)200);
	check_same("%.0d|%.0x|%#.0o|%+.0d", 0, 0U, 0U, 0);
	check_same("%5.0d|", 0);
}

static void pointers(void **state)
{
	void *p = (void *)0xffffffc012345678UL;

	quire_snprintf(got, sizeof(got), "%p", p);
	assert_string_equal(got, "ffffffc012345678");
	quire_snprintf(got, sizeof(got), "[%px] [%18p] [%-18p]", (void *)0x10UL, p, p);
	assert_string_equal(got,
			    "[0000000000000010] [  ffffffc012345678] [ffffffc012345678  ]");
	quire_snprintf(got, sizeof(got), "%p", NULL);
	assert_string_equal(got, "0000000000000000");
}

static void unknown_conversions(void **state)
{
	/* Held in a variable: the compiler would rightly complain about these. */
	const char *volatile fmt = "%y %5q %";

	quire_snprintf(got, sizeof(got), fmt, 1, 2);
	assert_string_equal(got, "%y %5q %");
	fmt = "%.99999999999999999999s";
	quire_snprintf(got, sizeof(got), fmt, "abc");
	assert_string_equal(got, "abc");
}

static void appending(void **state)
{
	char buf[10];
	int len = 0, i;

	for (i = 0; i < 10; i++)
		len += scnprintf(buf + len, sizeof(buf) - (size_t)len, "%d,", i);
	assert_string_equal(buf, "0,1,2,3,4");
	assert_int_equal(len, 9);
	assert_int_equal(scnprintf(buf, 0, "abc"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(integers), host_test(strings), host_test(mixed), host_test(pointers),
		host_test(unknown_conversions), host_test(appending),
	};

	return host_main(tests);
}
