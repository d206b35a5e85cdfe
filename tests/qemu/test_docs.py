# SPDX-License-Identifier: MIT
"""The documents say what is so: names exist, numbers and traces are what a boot prints."""
import re
import subprocess
import xml.dom.minidom

import pytest
from machine import TOP


def tool(*command):
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)


def block(document, kind):
    """The lines of the only ```kind block of a document."""
    text = (TOP / "docs" / document).read_text(encoding="utf-8")
    return re.search(r"```%s\n(.*?)```" % kind, text, re.S)[1].splitlines()


def test_names_exist():
    done = tool("tools/check-docs")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["mkdocs", "pictures"])
def test_generated(name):
    done = tool("tools/" + name, "--check")
    assert done.returncode == 0, done.stdout


def test_pictures_are_xml():
    pictures = sorted((TOP / "docs").glob("*.svg"))
    assert pictures
    for path in pictures:
        assert xml.dom.minidom.parse(str(path)).documentElement.tagName == "svg"


WRONG = [
    ("`do_anonymus_page()`", "no function"), ("`struct pages_of_all`", "no struct"),
    ("`RANK_NOWHERE`", "nowhere in the sources"), ("`mm/faults.c`", "no file"),
    ("[x](nothing.md)", "no file"), ("`make everything`", "no target"),
    ("```\n./run-qemu.sh --memory 3\n```", "has no --memory"),
    ("```\n./run-qemu.sh --run 'free; vi x'\n```", "Quire has no vi"),
    ("```\nquire:/root# emacs\n```", "Quire has no emacs"),
    ("```\n./run-qemu.sh --run cow --trace-events fawlt\n```", "no event fawlt"),
    ("`tools/mkdoc --check`", "no file"), ("`q-wolk start`", "gdb has no q-wolk"),
    ("```gdb\n(gdb) q-sleb\n```", "gdb has no q-sleb"),
]


def test_wrong_names_are_found(tmp_path):
    path = tmp_path / "bad.md"
    path.write_text("\n".join(line for line, _ in WRONG) + "\n", encoding="utf-8")
    done = tool("tools/check-docs", str(path))
    findings = done.stdout.splitlines()
    assert done.returncode == 1 and len(findings) == len(WRONG) + 1, done.stdout
    for (line, finding), said in zip(WRONG, findings):
        assert finding in said, line


def test_evenings():
    """docs/reading-order.md: ten evenings, none of which is longer than it says."""
    text = (TOP / "docs/reading-order.md").read_text(encoding="utf-8")
    low, high = map(int, re.search(r"files of (\d+) to (\d+) lines together", text).groups())
    evenings = re.split(r"^## \d+\. ", text, flags=re.M)[1:]
    assert len(evenings) == 10
    for evening in evenings:
        read = evening.split("\n\n")[1]         # the paragraph that says what to read
        files = {f for f in re.findall(r"`([\w/.-]+\.[chS])`", read) if (TOP / f).exists()}
        lines = sum(len((TOP / f).read_text().splitlines()) for f in files)
        assert low <= lines <= high, (evening.split("\n")[0], lines, files)


# ---- docs/life-of-a-page-fault.md -----------------------------------------------------------

def canonical(lines):
    """The lines with times cut off, and pids, addresses and frames numbered as they come."""
    seen, result = {}, []
    for line in lines:
        line = re.sub(r"^\s*(\S+)-(\d+) .*?\d\.\d{7}: ", r"\1 pid \2: ", line)
        line = re.sub(r"free=\d+", "free=N", line)
        result.append(re.sub(r"0x[0-9a-f]+|pid \d+", lambda m: seen.setdefault(
            m[0], "%s%d" % (m[0][:2], len(seen))), line))
    return result


def fault_lines(lines, pid, address):
    """From fault_enter at this address to fault_exit, of one process."""
    mine = [line for line in lines if re.match(r"\s*\S+-%s " % pid, line)]
    first = next(i for i, line in enumerate(mine) if "fault_enter: address=%s " % address in line)
    last = next(i for i in range(first, len(mine)) if "fault_exit: address=" in mine[i])
    return mine[first:last + 1]


def test_life_of_a_page_fault(quire, tmp_path):
    """The command of the document, and the same word of both processes' stack in its trace."""
    text = (TOP / "docs/life-of-a-page-fault.md").read_text(encoding="utf-8")
    line, events = re.search(r"--run '([^']*)' --trace fork.txt --trace-events (\S+)",
                             text).groups()
    out = tmp_path / "fork.txt"
    result = quire(line, smp=1, icount=True, trace=out, trace_events=events)
    assert result.status == 0, result
    lines = out.read_text().splitlines()
    copied = next(line for line in lines if "do_wp_page: copied" in line)
    parent, address = re.search(r"pid (\d+) va (0x\w+)", copied).groups()
    child = next(m[1] for m in (re.search(r"next_comm=sh next_pid=(\d+)", line) for line in lines)
                 if m and m[1] != parent)
    got = fault_lines(lines, parent, address) + fault_lines(lines, child, address)
    assert canonical(got) == canonical(block("life-of-a-page-fault.md", "trace"))


# ---- docs/memory-map.md -----------------------------------------------------------------------

def test_memory_map(quire):
    result = quire("dmesg | grep ' : 0x'; cat /proc/iomem", mem="128M", smp=1)
    assert result.status == 0, result
    lines = [re.sub(r"^\[ *\d+\.\d+\] ", "", line) for line in result.out.splitlines()]
    for line in block("memory-map.md", "layout"):
        name = line.split(":")[0].strip()
        found = next(x for x in lines if x.strip().startswith(name + " :"))
        if name == "kernel":            # its size is that of the build
            line, found = (x.split(" - ")[0] for x in (line, found))
        assert found.split() == line.split()
    # The same areas in the same order; where the kernel's parts end depends on its size.
    want = [re.sub(r"[0-9a-f]+-[0-9a-f]+ ", "", line) for line in block("memory-map.md", "iomem")]
    got = [re.sub(r"[0-9a-f]+-[0-9a-f]+ ", "", line) for line in lines
           if re.match(r" *[0-9a-f]+-", line)]
    assert got == want
    for start in ("80080000-87ffffff", "  80200000-", "    80200000-"):
        assert any(line.startswith(start) for line in lines), start
