# SPDX-License-Identifier: MIT
"""QEMU's gdb stub, as far as a check needs it: run a halted machine to a function, and let it go.

The stub sets breakpoints by virtual address in the emulator; nothing is written to the machine's
memory, so the kernel cannot see them.
"""
import contextlib
import re
import socket


class Stub:
    """A connection to `-gdb unix:PATH`. The machine stands still while it is not run."""

    def __init__(self, path):
        self.data = b""
        self.at_write = False
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise

    def close(self):
        self.socket.close()

    def _send(self, text):
        data = text.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xff))

    def _packet(self):
        """The next packet, if one has come as a whole."""
        start = self.data.find(b"$")
        end = self.data.find(b"#", start)
        if start < 0 or end < 0 or len(self.data) < end + 3:
            return None
        packet, self.data = self.data[start + 1:end], self.data[end + 3:]
        self.socket.sendall(b"+")
        return packet.decode(errors="replace")

    def answer(self, alive=None):
        """The stub's next packet. alive() is called now and then, and raises to give up."""
        while True:
            packet = self._packet()
            if packet is not None:
                return packet
            self.socket.settimeout(0.2 if alive else 60)
            try:
                more = self.socket.recv(4096)
            except TimeoutError:
                if not alive:
                    raise
                alive()
                continue
            if not more:
                raise ConnectionError("QEMU has closed the connection")
            self.data += more

    def ask(self, text):
        self._send(text)
        return self.answer()

    def run_to(self, address, alive, kind="0,%x,4"):
        """Go on until a hart is about to run the instruction at address; its number."""
        self.ask("Z" + kind % address)
        self._send("c")
        stopped = re.search(r"thread:(?:p\w+\.)?(\w+)", self.answer(alive))
        self.ask("z" + kind % address)
        return int(stopped[1], 16) - 1 if stopped else 0

    def run_to_write(self, address, alive):
        """The same until a hart has written to the 8 bytes at a virtual address. QEMU (7.2) misses
        the next write if it goes on from one without a step."""
        if self.at_write:
            self.ask("s")
        self.at_write = True
        return self.run_to(address, alive, "2,%x,8")

    def run_all_but(self, hart, harts):
        """The others go on."""
        self._send("vCont;" + ";".join("c:%x" % (i + 1) for i in range(harts) if i != hart))

    def interrupt(self):
        """Stop what runs."""
        self.socket.sendall(b"\x03")
        self.answer()

    def detach(self):
        """The machine runs on by itself. It may have run to its end, and QEMU have gone, before
        we can say that we have heard the answer."""
        with contextlib.suppress(OSError):
            self.ask("D")
        self.close()
