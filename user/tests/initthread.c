/* SPDX-License-Identifier: MIT */
/*
 * initthread - to be booted as init: the first thread ends, the second one goes on, says so, and
 * ends as well.
 *
 * Linux: kernel/exit.c, do_exit(), decides when init is dead.
 */
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static void *second(void *arg)
{
	static const char text[] = "init goes on\n";
	struct timespec ts = { .tv_nsec = 200000000 };

	nanosleep(&ts, NULL);		/* the first is gone by now, or this shows nothing */
	if (write(1, text, sizeof(text) - 1) < 0)
		_exit(1);
	return NULL;
}

int main(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, second, NULL))
		return 1;
	pthread_exit(NULL);
}
