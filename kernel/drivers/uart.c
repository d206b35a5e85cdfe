/* SPDX-License-Identifier: MIT */
/*
 * The 16550 UART: the machine's console.
 *
 * Output is polled: the transmitter's FIFO is filled whenever it is empty, 16
 * bytes at a time, so that printk works with interrupts off and in a panic.
 * Input comes by interrupt, and each byte goes to the terminal's line editing.
 * Until uart_init() has mapped the registers, output goes through the SBI.
 *
 * Locks: uart_lock (RANK_DEVICE, above even printk's), interrupts off. After an
 * oops it is only tried: the holder may be the hart that died.
 *
 * Source: 16550 data sheet.
 * Linux: drivers/tty/serial/8250/8250_port.c. Differs: polled output.
 */
#include "kernel/drivers/uart.h"
#include <asm/barrier.h>
#include <asm/processor.h>
#include <asm/sbi.h>
#include <asm/setup.h>
#include "kernel/drivers/tty.h"
#include "kernel/init.h"
#include "kernel/irq.h"
#include "kernel/lock/spinlock.h"
#include "kernel/printk.h"
#include "mm/vmalloc.h"

#define UART_RX		0	/* read: received byte */
#define UART_TX		0	/* write: byte to send */
#define UART_IER	1
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5

#define UART_IER_RDI	0x01	/* interrupt when a byte has come */
#define UART_FCR_ENABLE	0x07	/* FIFOs on and emptied */
#define UART_LCR_8N1	0x03
#define UART_MCR_OUT2	0x0b	/* DTR, RTS, and the interrupt line connected */
#define UART_LSR_DR	0x01	/* a byte is there */
#define UART_LSR_BI	0x10	/* ... and it was a break */
#define UART_LSR_THRE	0x20	/* the transmitter's FIFO is empty */

#define FIFO_SIZE	16
#define OOPS_TRIES	100000

static volatile u8 *uart;	/* NULL: not mapped yet */
static DEFINE_SPINLOCK(uart_lock, RANK_DEVICE);

/* => uart_lock held, or an oops. */
static void send(const char *s, size_t n)
{
	size_t room = 0;

	for (size_t i = 0; i < n; i++) {
		if (!uart) {
			sbi_console_putchar(s[i]);
			continue;
		}
		if (!room) {
			while (!(uart[UART_LSR] & UART_LSR_THRE))
				cpu_relax();
			room = FIFO_SIZE;
		}
		uart[UART_TX] = s[i];
		room--;
	}
}

/* false: an oops, and the lock could not be had. */
static __no_lock_check bool lock_uart(unsigned long *flags)
{
	*flags = local_irq_save();
	if (likely(!oops_in_progress)) {
		spin_lock(&uart_lock);
		return true;
	}
	for (int i = 0; i < OOPS_TRIES; i++) {
		if (spin_trylock(&uart_lock))
			return true;
		cpu_relax();
	}
	return false;
}

static __no_lock_check void unlock_uart(bool locked, unsigned long flags)
{
	if (locked)
		spin_unlock(&uart_lock);
	local_irq_restore(flags);
}

void uart_write(const char *s, size_t n)
{
	unsigned long flags;
	bool locked = lock_uart(&flags);

	send(s, n);
	unlock_uart(locked, flags);
}

/* Kernel messages end their lines with a bare newline; a terminal wants a return before it. */
void console_write(const char *s, size_t n)
{
	unsigned long flags;
	bool locked = lock_uart(&flags);
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\n')
			continue;
		send(s + start, i - start);
		send("\r\n", 2);
		start = i + 1;
	}
	send(s + start, n - start);
	unlock_uart(locked, flags);
}

static void uart_interrupt(void *unused)
{
	u8 status;

	while ((status = uart[UART_LSR]) & UART_LSR_DR) {
		u8 c = uart[UART_RX];

		if (!(status & UART_LSR_BI))	/* a break comes with a byte that nobody sent */
			tty_insert_char(c);
	}
}

void uart_init(void)
{
	volatile u8 *regs;
	phys_addr_t base;
	size_t size;
	u32 irq;

	if (fdt_find_device("ns16550a", 0, &base, &size, &irq) &&
	    fdt_find_device("ns16550", 0, &base, &size, &irq)) {
		pr_warn("uart: none found, the console is output only\n");
		return;
	}
	regs = ioremap(base, size);
	if (!regs) {
		pr_warn("uart: no room for its registers\n");
		return;
	}
	regs[UART_LCR] = UART_LCR_8N1;
	regs[UART_FCR] = UART_FCR_ENABLE;
	regs[UART_MCR] = UART_MCR_OUT2;
	uart = regs;
	if (request_irq(irq, uart_interrupt, "uart", NULL))
		pr_warn("uart: interrupt %u is not to be had, no input\n", irq);
	else
		regs[UART_IER] = UART_IER_RDI;
}
