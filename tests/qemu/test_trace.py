# SPDX-License-Identifier: MIT
"""Tracepoints: the switches in /sys/kernel/tracing, the text, what is recorded and what is lost."""
import json
import re
import subprocess

import pytest
from machine import TOP

TRACING = "/sys/kernel/tracing/"
TRACE2JSON = TOP / "tools/trace2json"
LINE = re.compile(r" *(?P<comm>\S.*?)-(?P<pid>\d+) +(?:\( *(?P<tgid>\d+)\) )?\[(?P<hart>\d{3})\] "
                  r"[d.][N.]\.\. +(?P<ts>\d+\.\d{7}): (?P<event>\w+): (?P<fields>.*)")

# One line of each event. Linux's are as `perf` and Perfetto read them.
FIELDS = {
    "fault_enter": r"address=0x\w+ ip=0x\w+ access=[RWX] (user|kernel)",
    "fault": r"pid \d+ va 0x\w+ [RWX] (none|swap|present) (anon|file-private|file-shared) -> "
             r"(do_\w+|fault_spurious): .+",
    "fault_exit": r"address=0x\w+ (minor|major|SIGSEGV|SIGBUS|OOM)",
    "mm_page_alloc": r"pfn=0x\w+ order=\d+ gfp_flags=[\w|]+ free=\d+",
    "mm_page_free": r"pfn=0x\w+ order=\d+ free=\d+",
    "buddy_split": r"pfn=0x\w+ order=\d+ -> \d+",
    "buddy_merge": r"pfn=0x\w+ order=\d+ -> \d+",
    "cow": r"va=0x\w+ (pfn=0x\w+ -> pfn=0x\w+ copied|pfn=0x\w+ reused|zero page -> pfn=0x\w+)",
    "swap_in": r"pfn=0x\w+ type=0 slot=\d+",
    "swap_out": r"pfn=0x\w+ type=0 slot=\d+",
    "lru_move": r"pfn=0x\w+ (in)?active_(anon|file) -> (in)?active_(anon|file)( tail)?",
    "mm_vmscan_direct_reclaim_begin": r"order=\d+ gfp_flags=\S+",
    "mm_vmscan_direct_reclaim_end": r"nr_reclaimed=\d+",
    "mm_vmscan_kswapd_wake": r"nid=0 order=\d+",
    "mm_vmscan_kswapd_sleep": r"nid=0 nr_reclaimed=\d+",
    "mm_vmscan_lru_shrink_inactive": r"inactive_(anon|file) nr_scanned=\d+ nr_reclaimed=\d+",
    "mm_vmscan_lru_shrink_active": r"active_(anon|file) nr_scanned=\d+ nr_deactivated=\d+",
    "mark_victim": r"pid=\d+ comm=\S+ rss=\d+kB",
    "sched_switch": r"prev_comm=.+ prev_pid=\d+ prev_prio=\d+ prev_state=[RSDTX] ==> "
                    r"next_comm=.+ next_pid=\d+ next_prio=\d+",
    "sched_wakeup": r"comm=.+ pid=\d+ prio=120 target_cpu=00\d",
    "sys_enter": r"NR \d+ \(\w+(, \w+){5}\) \w+",
    "sys_exit": r"NR \d+ = -?\d+ \w+",
    "block_bio_queue": r"\d+,\d+ [RWF] \d+ \+ \d+",
    "block_bio_complete": r"\d+,\d+ [RWF] \d+ \+ \d+ \[-?\d+\]",
    "tracing_mark_write": r".*",
}


def parse(text):
    """The lines of a trace as dictionaries; anything unknown is an error."""
    found = []
    for line in text.splitlines():
        if line.startswith("#") or re.fullmatch(r"CPU:\d+ \[LOST \d+ EVENTS\]", line):
            continue
        m = LINE.fullmatch(line)
        assert m, "not a line of a trace: %r" % line
        assert re.fullmatch(FIELDS[m["event"]], m["fields"]), line
        found.append(m.groupdict())
    return found


def trace_of(m, command, events, select=".", last=400):
    """Run a command while events are traced; return the last lines that match select."""
    m.ok("echo 4096 >%sbuffer_size_kb; echo %s >%sset_event" % (TRACING, events, TRACING))
    m.run(command)
    m.ok("echo 0 >%stracing_on" % TRACING)
    text = m.ok("grep '%s' %strace | tail -%d" % (select, TRACING, last))
    m.ok("cd %s; echo >set_event; echo 1 >tracing_on; echo 0 >buffer_size_kb; cd" % TRACING)
    return parse(text)


@pytest.fixture
def m(boot):
    return boot(smp=2)


def test_switches(m):
    available = m.cat(TRACING + "available_events").split()
    assert {e.split(":")[1] for e in available} == set(FIELDS) - {"tracing_mark_write"}
    m.ok("cd " + TRACING)
    assert m.cat("set_event") == "" and m.cat("events/enable") == "0\n"
    m.ok("echo fault sched:sched_switch >set_event; echo mm_page_alloc >>set_event")
    assert m.cat("set_event").split() == ["fault:fault_enter", "fault:fault", "fault:fault_exit",
                                          "alloc:mm_page_alloc", "sched:sched_switch"]
    states = m.ok("cat events/fault/enable events/sched/enable events/cow/cow/enable "
                  "events/sched/sched_switch/enable events/enable")
    assert states.split() == ["1", "X", "0", "1", "X"]
    m.ok("echo '!fault' >>set_event; echo 0 >events/sched/enable; echo 1 >events/swap/enable")
    assert m.cat("set_event").split() == ["alloc:mm_page_alloc", "swap:swap_in", "swap:swap_out"]
    for bad in ("echo nonsense >>set_event", "echo 2 >tracing_on", "echo x >buffer_size_kb",
                "echo 99999999999 >buffer_size_kb", "echo 0 >buffer_size_kb",
                "echo 7 >events/enable"):
        output, status = m.run(bad)
        assert status and "Invalid argument" in output, bad
    assert m.cat("set_event").split() == ["alloc:mm_page_alloc", "swap:swap_in", "swap:swap_out"]
    m.ok("echo 1 >events/enable")
    assert m.cat("set_event").split() == available
    m.ok("echo 0 >events/enable; echo 0 >buffer_size_kb")
    # With the first event the rings get their memory, and buffer_size_kb gives it back.
    with m.nothing_lost():
        m.ok("echo 2048 >buffer_size_kb; echo all >set_event; cow >/dev/null")
        m.ok("echo >set_event; echo 0 >buffer_size_kb")


def test_marker_and_tracing_on(m):
    m.ok("cd " + TRACING)
    m.ok("echo one >trace_marker; echo 0 >tracing_on; echo two >trace_marker; echo 1 >tracing_on;"
         "echo '%s' >trace_marker" % ("x" * 60))
    marks = [r["fields"] for r in parse(m.cat("trace"))]
    assert marks == ["one", "x" * 48, "x" * 12]
    m.ok("echo >trace")
    assert parse(m.cat("trace")) == []


def test_lost(m):
    """The newest stay, and the text says how many do not."""
    m.ok("cd %s; echo 64 >buffer_size_kb; echo syscall >set_event" % TRACING)
    # More than the buffers of both harts hold, whichever of them runs it.
    m.ok("for i in 1 2 3 4 5 6; do ls -l /proc/1 /bin >/dev/null; done; echo 0 >tracing_on")
    text = m.cat("trace")
    kept, written = map(int, re.search(r"buffer/entries-written: (\d+)/(\d+)", text).groups())
    lost = sum(map(int, re.findall(r"^CPU:\d+ \[LOST (\d+) EVENTS\]$", text, re.M)))
    records = parse(text)
    assert len(records) == kept and kept + lost == written and lost
    assert [r["ts"] for r in records] == sorted(r["ts"] for r in records)


def test_fork_and_cow(m):
    records = trace_of(m, "cow >/dev/null", "fault,cow,alloc", " cow-", 1800)
    assert {r["event"] for r in records} == {"fault_enter", "fault", "fault_exit", "mm_page_alloc",
                                             "cow"}
    # Each copy is a page that was allocated just before, by the same process.
    copies = [i for i, r in enumerate(records) if r["event"] == "cow" and "copied" in r["fields"]]
    assert len(copies) >= 50
    for i in copies[5:]:
        new = records[i]["fields"].split(" -> pfn=")[1].split()[0]
        mine = [r for r in records[max(0, i - 12):i] if r["pid"] == records[i]["pid"]]
        assert any(r["event"] == "mm_page_alloc" and r["fields"].startswith("pfn=%s " % new)
                   for r in mine), records[i]


def test_command_line_and_reclaim(boot):
    """trace= on the command line; little memory makes swap, reclaim, LRU and I/O events."""
    m = boot(mem="40M", swap="32M", smp=2, append="trace=lru,reclaim")
    m.ok("cd %s; swapdemo 44 >/dev/null; echo 0 >tracing_on" % TRACING)
    # Of the many that look alike only some are needed.
    got = parse(m.ok("grep lru_move trace | tail -20; grep mm_vmscan trace"))
    assert {r["event"] for r in got} >= {
        "lru_move", "mm_vmscan_kswapd_wake", "mm_vmscan_kswapd_sleep",
        "mm_vmscan_lru_shrink_inactive"}
    m.ok("echo swap block >set_event; echo 1 >tracing_on; swapdemo 44 >/dev/null; echo >set_event")
    got = "".join(m.ok("grep %s trace | tail -20" % e) for e in ("swap_in", "swap_out", "block_"))
    assert {r["event"] for r in parse(got)} == {
        "swap_in", "swap_out", "block_bio_queue", "block_bio_complete"}
    victims = trace_of(m, "oom >/dev/null 2>&1", "oom,reclaim", "mark_victim")
    assert victims and "comm=oom" in victims[0]["fields"]


def test_bad_command_line(boot):
    m = boot(append="trace=fault,rubbish")
    assert "trace=fault,rubbish: unknown event" in m.ok("dmesg")
    assert m.cat(TRACING + "set_event") == ""


def test_release_has_none(boot):
    """What is measured has no tracepoints, and says so to who asks for them."""
    m = boot(flavour="release", append="trace=fault")
    assert "trace=fault: this kernel was built without tracepoints" in m.ok("dmesg")
    assert m.run("test -e /sys/kernel/tracing")[1] == 1


def test_readers_beside_writers(boot):
    """Four harts write while two read and one resizes: nothing is torn, nothing breaks."""
    m = boot(smp=4)
    m.ok("cd %s; echo 32 >buffer_size_kb; echo all >set_event" % TRACING)
    m.ok("(for i in 1 2 3 4 5 6; do ls -l /bin >/dev/null; done) & "
         "(for i in 1 2 3 4 5 6; do cow >/dev/null; done) & "
         "(for i in 1 2 3 4; do cat trace >/tmp/$i; done) & "
         "(for i in 64 16 128 32; do echo $i >buffer_size_kb; cat trace >/dev/null; done) & wait")
    m.ok("echo >set_event")
    for i in range(1, 5):
        parse(m.cat("/tmp/%d" % i))


def test_nommu(boot):
    m = boot(flavour="nommu")
    records = trace_of(m, "ls /bin >/dev/null", "all", last=2000)
    got = {r["event"] for r in records}
    assert {"sys_enter", "sys_exit", "mm_page_alloc", "sched_switch"} <= got


# ---- tools/trace2json, run-qemu.sh --trace --------------------------------------------------

PHASES = {"X": {"dur", "cat"}, "i": {"s"}, "C": {"args"}, "M": {"args"},
          "s": {"id", "cat"}, "t": {"id", "cat"}, "f": {"id", "cat", "bp"}}


def check_json(events):
    """The rules of Chrome's trace event format that Perfetto relies on: known phases with their
    fields, time rises, slices nest in each thread (one ends before the one around it does), a
    flow has a slice to hold on to, every thread and process has its name."""
    last = -1.0
    for e in events:
        assert PHASES[e["ph"]] <= e.keys() and e["name"], e
        assert isinstance(e["pid"], int) and isinstance(e["tid"], int), e
        if e["ph"] == "M":
            assert e["name"] in ("thread_name", "process_name") and e["args"]["name"], e
            continue
        assert e["ts"] >= last, e
        last = e["ts"]
        assert e["ph"] != "i" or e["s"] == "t"
        assert e["ph"] != "C" or all(isinstance(n, int) for n in e["args"].values())
    check_slices(events)
    named = {(e["pid"], e["tid"]) for e in events if e["name"] == "thread_name"}
    processes = {e["pid"] for e in events if e["name"] == "process_name"}
    for e in events:
        assert e["ph"] in "MC" or (e["pid"], e["tid"]) in named, e
        assert e["pid"] in processes, e


def check_slices(events):
    ends = {}                   # thread: ends of the slices around
    for e in events:
        around = ends.setdefault((e["pid"], e["tid"]), [])
        while around and around[-1] < e.get("ts", -1):
            around.pop()
        if e["ph"] == "X":
            end = e["ts"] + e["dur"]
            while around and around[-1] <= e["ts"]:
                around.pop()
            assert not around or end <= around[-1] + 0.001, e   # a nanosecond of rounding
            around.append(end)
        elif e["ph"] in "stf":
            assert around, "a flow outside of any slice: %s" % e


def test_json(quire, tmp_path):
    out = tmp_path / "out.json"
    result = quire("swapdemo 28 >/dev/null; (exit 3)", mem="32M", swap="32M", trace=out,
                   trace_events="syscall,fault,swap,sched,block,reclaim")
    assert result.status == 3, result
    events = json.loads(out.read_text())["traceEvents"]
    check_json(events)
    names = {(e["ph"], e["name"]) for e in events}
    assert {("X", "wait4"), ("X", "page fault W"), ("i", "swap_in"), ("i", "sched_wakeup"),
            ("X", "swapdemo")} <= names
    waits = [e["args"] for e in events if e["name"] == "wait4"]
    assert any(a["nr"] == 260 and a["arguments"].startswith("(") and a.get("ret", 0) > 0
               for a in waits), waits
    # A fault inside a slice of its own thread, and a request to the disk that ends it.
    flows = [e for e in events if e["name"] == "I/O"]
    by_id = {}
    for e in flows:
        by_id.setdefault(e["id"], []).append(e["ph"])
    assert any(phases == ["s", "t", "f"] for phases in by_id.values())
    assert all(phases in (["s"], ["s", "t"], ["s", "t", "f"]) for phases in by_id.values())


def test_free_pages_curve_and_text(quire, tmp_path):
    out = tmp_path / "out.txt"
    result = quire("lazy 4 >/dev/null", trace=out, trace_events="alloc,free,fault:fault")
    assert result.status == 0, result
    text = out.read_text()
    assert len(parse(text)) > 1000
    events = convert(text)
    check_json(events)
    curve = [e["args"]["pages"] for e in events if e["ph"] == "C"]
    assert max(curve) - min(curve) > 900           # 4 MiB came and went
    flags = {r["fields"].split("gfp_flags=")[1].split()[0] for r in parse(text)
             if "gfp_flags=" in r["fields"]}
    assert flags and not any("0x" in f for f in flags), flags


def test_bad_input(tmp_path):
    """One line that says what is wrong, and no JSON."""
    head = "              sh-6       [001] d...     1.5145299: "
    out = tmp_path / "out.json"
    for text in ("rubbish\n", head + "sched_switch: pv=sh\n", head + "sys_enter: \n",
                 head + "block_bio_queue: 1\n"):
        bad = subprocess.run([TRACE2JSON, "-", out], input=text, capture_output=True, text=True)
        assert bad.returncode == 1 and "not a line of a trace" in bad.stderr, bad
        assert len(bad.stderr.splitlines()) == 1 and not out.exists()
    for files in (("/nosuch", "-"), ("-", "/nosuch/x"), ("-", tmp_path)):
        bad = subprocess.run([TRACE2JSON, *files], input="", capture_output=True, text=True)
        assert bad.returncode == 1 and len(bad.stderr.splitlines()) == 1, bad
    half = subprocess.run([TRACE2JSON], input=head + "cow: va=0x1 reused\n" + head[:20],
                          capture_output=True, text=True)
    assert "ends within a line" in half.stderr
    check_json(json.loads(half.stdout)["traceEvents"])
    assert convert("") is not None


def test_run_says_what_it_cannot_trace(quire, tmp_path):
    """Before the run where that is possible; never an empty file as if nothing had happened."""
    for path in (tmp_path, tmp_path / "no" / "x.json"):
        result = quire("true", trace=path)
        assert result.status == 2 and "--trace" in result.out + result.err, result
    out = tmp_path / "out.json"
    result = quire("echo ran", trace=out, trace_events="fault,nix")
    assert result.status == 2 and "no such event" in result.out, result
    assert "ran\n" not in result.out and not out.exists()
    result = quire("exec true", trace=out)
    assert result.status == 1 and "no trace" in result.err and not out.exists(), result


def convert(text):
    done = subprocess.run([TRACE2JSON], input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["traceEvents"]


def test_broken_traces_nest(tmp_path):
    """Ends without beginnings, beginnings without ends, lost events: the slices still nest."""
    def line(ts, event, fields, pid=5):
        return "%16s-%-7d [000] .... %14.7f: %s: %s\n" % ("prog", pid, ts, event, fields)
    text = (line(1, "fault_exit", "address=0x1 minor") +
            line(2, "sys_enter", "NR 63 (1, 2, 3, 4, 5, 6) read") +
            line(3, "fault_enter", "address=0x1 ip=0x2 access=W kernel") +
            line(4, "sys_exit", "NR 63 = 1 read") +
            line(5, "sys_enter", "NR 93 (0, 0, 0, 0, 0, 0) exit", 6) +
            "CPU:0 [LOST 12 EVENTS]\n" +
            line(6, "sys_enter", "NR 64 (0, 0, 0, 0, 0, 0) write", 6))
    events = convert(text)
    check_json(events)
    slices = [(e["name"], e["ts"] / 1e6, e["dur"] / 1e6) for e in events if e["ph"] == "X"]
    assert slices == [("read", 2, 2), ("page fault W", 3, 1), ("exit", 5, 0), ("write", 6, 0)]
    assert events[-4]["args"] == {"nr": 63, "arguments": "(1, 2, 3, 4, 5, 6)", "ret": 1}
