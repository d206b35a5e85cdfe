# SPDX-License-Identifier: MIT
"""Process 1 with two threads: it lives as long as the last of them, and the system with it."""
import pytest


@pytest.mark.parametrize("flavour", ["debug", "release"])
def test_init_lives_while_a_thread_of_it_does(boot, flavour):
    m = boot(wait=False, flavour=flavour, smp=2, append="init=/bin/initthread panic=-1")
    status = m.wait_exit()
    text = m.console()
    assert status not in (0, None), text[-2000:]
    assert text.index("init goes on") < text.index("Attempted to kill init"), text[-2000:]
