#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Build Quire and boot it in QEMU. This is the only place that knows QEMU's options.
set -euo pipefail

usage() {
	cat <<'END'
usage: ./run-qemu.sh [options]          install what is missing, build, boot to a shell
       ./run-qemu.sh test [args]        the same set-up, then every check and test

Ctrl-A X leaves QEMU; `poweroff` and `reboot` work too.

What to boot
  --release         the release build: -O2, no asserts (default: debug build)
  --nommu           the build without an MMU (no swap disk)
  --llvm            built by clang and lld
  --no-build        take the kernel as it is
  --kernel ELF      boot this kernel; implies --no-build
  --add FILE[:NAME] put a host file or directory into /bin (or at NAME, if that has a /)
  --root debian     a small Debian riscv64 system, made once (build/debian.img), and its bash;
                    what is changed there is gone after the run. --add puts files into its
                    /usr/local/bin
  --root FILE       the same with an ext2 image of yours: changes stay
  --initrd FILE     a cpio archive (newc) to unpack over the embedded one
  --append TEXT     more words for the kernel command line, such as 'selftest' or 'quiet'

The machine
  -m SIZE           memory: 64M, 2G (default 128M)
  --smp N           harts (default 2; 1 with --icount)
  --swap SIZE       a fresh swap disk of this size, 0 for none (default 128M)
  --disk FILE       a raw disk image, may be repeated: /dev/vda, /dev/vdb ... before the swap disk
  --cpu MODEL       QEMU's name of the processor and its properties, such as rv64,sstc=off or
                    (with --nommu) rv64,mmu=off (default rv64)
  --dtb FILE        this device tree (a blob) in place of the one QEMU makes
  --icount          count instructions: one takes one nanosecond, runs repeat exactly

What to do
  --run LINE        run LINE in the shell, power off, exit with its status; prints only what it does
  --trace FILE      with --run: record what the kernel does meanwhile, as JSON for
                    ui.perfetto.dev or speedscope (FILE.txt: as text, if it ends so)
  --trace-events L  which events: sched,fault for example (default all; docs/tracing.md)
  --verbose         with --run: show the boot messages too
  --timeout N       stop after N seconds (default: 300 with --run, else never)
  --gdb             debug the kernel with gdb; its console is in build/console.log
  --gdb-server      wait for a gdb; prints the command that connects
  --gdb-rr          time travel: run once and record it (leave with poweroff), then replay under
                    gdb with reverse-step and reverse-continue; one hart, no disks
  --gdb-pipe        for editors: gdb's "target remote | exec ./run-qemu.sh --gdb-pipe"
  --gdb-ex COMMAND  a command for gdb to begin with, such as 'break do_wp_page'; repeatable
  --dry-run         print the commands, run nothing
  --help            this text

Exit status: that of LINE with --run; 2 wrong usage, 124 time is up, 125 the kernel did not start.
A boot that prints no banner within QUIRE_BOOT_SECONDS (default 20) is stopped with a diagnosis.
END
}

# die MESSAGE [STATUS]
die() { echo "run-qemu.sh: $1" >&2; exit "${2:-2}"; }

cd_top() { cd "$(dirname "${BASH_SOURCE[0]}")"; }

# ---- Options -----------------------------------------------------------------------------------

start_dir=$PWD
root=''
mem=128M smp='' swap='' run='' append='' initrd='' kernel='' timeout='' cpu=rv64 dtb=''
release=0 mmu=1 llvm=0 icount=0 gdb='' dry_run=0 build=1 verbose=0 has_run=0
adds=() disks=() trace='' trace_events=all gdb_ex=()

# A path of ours, as the caller would type it.
from_start() {
	if [[ $1 == /* || $start_dir == "$PWD" ]]; then echo "$1"; else echo "$PWD/$1"; fi
}

# Paths are the caller's; the script works in the top directory.
path() { if [[ $1 == /* ]]; then echo "$1"; else echo "$start_dir/$1"; fi; }

parse() {
	local opt
	while (($#)); do
		opt=$1
		case $opt in
		-m | --smp | --swap | --root | --disk | --cpu | --dtb | --add | --initrd | \
			--append | --run | --timeout | --kernel | --trace | --trace-events | \
			--gdb-ex)
			(($# >= 2)) || die "$opt needs a value; --help explains"
			parse_value "$opt" "$2"
			shift
			;;
		--release) release=1 ;;
		--nommu) mmu=0 ;;
		--llvm) llvm=1 ;;
		--icount) icount=1 ;;
		--gdb | --gdb-server | --gdb-rr | --gdb-pipe)
			[[ -z $gdb || $gdb == "$opt" ]] || die "choose one of $gdb and $opt"
			gdb=$opt
			;;
		--dry-run) dry_run=1 ;;
		--no-build) build=0 ;;
		--verbose) verbose=1 ;;
		--help | -h) usage; exit 0 ;;
		*) die "unknown option: $opt (--help lists them)" ;;
		esac
		shift
	done
}

parse_value() {
	case $1 in
	--add) adds+=("$(path "$2")") ;;
	--initrd) initrd=$(path "$2") ;;
	--append) append+=" $2" ;;
	-m) mem=$2 ;;
	--smp) smp=$2 ;;
	--swap) swap=$2 ;;
	--root) if [[ $2 == debian ]]; then root=debian; else root=$(path "$2"); fi ;;
	--disk) if [[ $2 == *:* ]]; then disks+=("$2"); else disks+=("$(path "$2")"); fi ;;
	--run) run=$2 has_run=1 ;;
	--timeout) timeout=$2 ;;
	--cpu) cpu=$2 ;;
	--dtb) dtb=$(path "$2") ;;
	--gdb-ex) gdb_ex+=(-ex "$2") ;;
	--kernel) kernel=$(path "$2") build=0 ;;
	--trace) trace=$(path "$2") ;;
	--trace-events) trace_events=$2 ;;
	esac
}

check_values() {
	local file
	if [[ $gdb == --gdb-rr ]]; then check_rr; fi
	: "${smp:=$((icount ? 1 : 2))}" "${swap:=$( ((mmu)) && echo 128M || echo 0)}"
	: "${timeout:=$((has_run ? 300 : 0))}"
	[[ $mem =~ ^[0-9]+[KMGkmg]?$ ]] || die "-m wants a size such as 64M or 2G, not '$mem'"
	[[ $swap =~ ^[0-9]+[KMGkmg]?$ ]] || die "--swap wants a size such as 256M, not '$swap'"
	[[ $smp =~ ^[1-9][0-9]*$ ]] || die "--smp wants a number of harts, not '$smp'"
	[[ $timeout =~ ^[0-9]+$ ]] || die "--timeout wants seconds, not '$timeout'"
	[[ $swap =~ [KMGkmg]$ || $swap == 0 ]] || swap+=M
	((mmu)) || [[ $swap == 0 ]] || die "--swap needs the MMU: leave --nommu or --swap out"
	[[ -z $trace ]] || ((has_run)) || die "--trace needs --run: it records one line"
	[[ -z $trace ]] || ((!release)) || die "--trace needs the debug build: leave --release out"
	[[ -z $trace || -z $gdb || $gdb == --gdb-server ]] ||
		die "--trace does not go with $gdb: trace=EVENTS by --append does (docs/tracing.md)"
	[[ -z $trace ]] || check_trace
	[[ $trace_events =~ ^[A-Za-z0-9_:,!*]+$ ]] || die "--trace-events wants names and commas"
	for file in ${initrd:+"$initrd"} ${dtb:+"$dtb"} "${root#debian}" "${disks[@]}"; do
		[[ -z $file || $file == *:* || -r $file ]] || die "cannot read $file"
	done
	for file in "${adds[@]}"; do
		[[ -r $file || -r ${file%:*} ]] || die "cannot read $file"
	done
}

# The trace is written when the run is over: say before it that this cannot be.
check_trace() {
	[[ ! -d $trace ]] || die "--trace wants a file, $trace is a folder"
	[[ -d $(dirname "$trace") ]] || die "--trace: there is no folder $(dirname "$trace")"
	[[ -w $trace || ! -e $trace && -w $(dirname "$trace") ]] ||
		die "--trace: cannot write $trace"
}

# What QEMU can record: see "Replay" in its documentation.
check_rr() {
	: "${smp:=1}" "${swap:=0}"
	[[ $smp == 1 ]] || die "--gdb-rr: QEMU records one hart only, leave --smp out"
	[[ $swap == 0 && ${#disks[@]} == 0 && -z $root ]] ||
		die "--gdb-rr: QEMU hangs going back over disk I/O, leave disks out"
	((!icount)) || die "--gdb-rr counts instructions itself, leave --icount out"
	((mmu)) || swap=0
}

# ---- The machine -------------------------------------------------------------------------------

# Disks sit in fixed slots, in order: the root or the first --disk is vda, the swap disk comes last.
# add_disk FILE [OPTION OF -drive]
add_disk() {
	local errors=,werror=report,rerror=report
	qemu+=(-drive "if=none,id=disk$nr_disks,format=raw,file=${1//,/,,}${2:+,$2}")
	qemu+=(-device "virtio-blk-device,drive=disk$nr_disks,bus=virtio-mmio-bus.$nr_disks$errors")
	nr_disks=$((nr_disks + 1))
}

nth_disk() { printf '/dev/vd%b' "\\$(printf %o $((97 + $1)))"; }

# The line travels in hex, behind an `echo` of one STX byte: what the console prints before that
# byte belongs to the boot, what comes after it to the line.
encode_run() {
	printf 'echo \002; %s%s' "${trace:+$(tracing)}" "$run" | od -An -v -tx1 | tr -d ' \n'
}

NO_EVENT="echo '--trace-events: no such event; docs/tracing.md lists them'"

# What comes before the line to trace it. The text leaves by a disk, not by the slow console.
tracing() {
	local dir=/sys/kernel/tracing out set
	out=$(nth_disk $((nr_disks - 1)))
	set="echo '$trace_events' >$dir/set_event"
	printf '%s; ' "echo 4096 >$dir/buffer_size_kb" \
		"if ! $set; then $NO_EVENT; exit 2; fi 2>/dev/null" \
		"trap 'echo 0 >$dir/tracing_on; cat $dir/trace >$out; sync' EXIT"
}

# Turn the disk's text into what was asked for. => argument: the status of the run, which stays.
convert_trace() {
	umask 022
	if [[ -z $(head -c 1 "$tmp/trace.img" | tr -d '\0') ]]; then
		(($1)) || die "no trace: the shell was gone before LINE's end (exec, poweroff?)" 1
		return "$1"
	fi
	if [[ $trace == *.txt ]]; then
		tr -d '\0' <"$tmp/trace.img" >"$trace"
	else
		"$python" tools/trace2json "$tmp/trace.img" "$trace" >&2 || return 1
	fi
	return "$1"
}

machine() {
	local words="" disk
	qemu=(qemu-system-riscv64 -machine virt -cpu "$cpu" -smp "$smp" -m "$mem" -nic none
		-display none -global virtio-mmio.force-legacy=false)
	if [[ -n $dtb ]]; then qemu+=(-dtb "$dtb"); fi
	if [[ -n ${firmware:-} ]]; then qemu+=(-bios "$firmware"); fi
	if ((icount)); then
		qemu+=(-icount "shift=0,sleep=off" -rtc "base=2024-01-01T00:00:00,clock=vm" -seed 1)
	fi
	nr_disks=0
	if [[ -n $root ]]; then
		words+=" QUIRE_ROOT=/dev/vda"
		if [[ $root == debian ]]; then
			add_disk "$BUILD/debian.img" snapshot=on
		else
			add_disk "$root"
		fi
	fi
	for disk in "${disks[@]}"; do add_disk "$disk"; done
	if [[ $swap != 0 ]]; then
		words+=" QUIRE_SWAP=$(nth_disk $nr_disks)"
		add_disk "$tmp/swap.img"
	fi
	if [[ -n $trace ]]; then add_disk "$tmp/trace.img"; fi
	if ((has_run)); then
		words+=" panic=-1 quiet QUIRE_RUN=$(encode_run)"
		# A debugger's q-reset would end the machine.
		if [[ -z $gdb ]]; then qemu+=(-no-reboot); fi
	fi
	words+=$append
	if ((${#adds[@]})); then
		qemu+=(-initrd "$tmp/add.cpio")
	elif [[ -n $initrd ]]; then
		qemu+=(-initrd "$initrd")
	fi
	qemu+=(-kernel "$kernel")
	if [[ -n $words ]]; then qemu+=(-append "${words# }"); fi
}

# A second stream of the console goes to a file, by which the watchdog sees that the boot goes on.
console() {
	case $gdb in
	--gdb | --gdb-pipe) qemu+=(-serial "file:$BUILD/console.log" -monitor none -gdb stdio -S) ;;
	--gdb-rr) qemu+=(-serial mon:stdio) ;;
	*)
		qemu+=(-chardev "stdio,id=console,mux=on,signal=$1,logfile=$tmp/console.log"
			-serial chardev:console -mon chardev=console)
		;;
	esac
	if [[ $gdb == --gdb-server ]]; then
		qemu+=(-chardev "socket,id=gdb,path=$tmp/gdb.sock,server=on,wait=off"
			-gdb chardev:gdb -S)
	fi
}

# Make the files of this run, or with --dry-run print how.
prepare() {
	local make_add=(tools/mkinitramfs.py -o "$tmp/add.cpio") file
	if [[ $swap != 0 ]]; then
		do_or_show truncate -s "$swap" "$tmp/swap.img"
		do_or_show mkswap "$tmp/swap.img"
	fi
	if [[ -n $trace ]]; then do_or_show truncate -s 256M "$tmp/trace.img"; fi
	if ((${#adds[@]})); then
		if [[ -n $initrd ]]; then make_add+=(--base "$initrd"); fi
		for file in "${adds[@]}"; do
			make_add+=("--add=$file${root:+$(add_name "$file")}")
		done
		do_or_show "$python" "${make_add[@]}"
	fi
}

# init takes its folder /add over to the root disk, as /usr/local/bin.
add_name() {
	[[ -r $1 ]] || die "with --root, --add takes no NAME: files go to /usr/local/bin"
	echo ":/add/$(basename "$1")"
}

do_or_show() {
	if ((dry_run)); then
		show "$@"
	elif ! "$@" >"$tmp/out" 2>&1; then
		die "$(tail -n 1 "$tmp/out")" 1
	fi
}

# One command on a line, quoted where the shell needs it.
show() {
	local word line=''
	for word; do
		[[ $word =~ ^[A-Za-z0-9_./:=,%+-]+$ ]] || word=${word@Q}
		line+=" $word"
	done
	echo "${line# }"
}

# ---- Running -----------------------------------------------------------------------------------

# A terminal that closes sends SIGHUP more than once: the second must not end the cleaning.
cleanup() {
	trap '' HUP INT TERM
	if [[ -n ${saved_tty:-} ]]; then stty "$saved_tty" 2>/dev/null || true; fi
	if [[ -n ${tmp:-} ]]; then rm -rf "$tmp"; fi
}

# Watch the console's copy for the banner (or the STX that comes before LINE), then for the time.
# Leaves the reason in $tmp/why and ends QEMU. => argument: QEMU's process id.
watchdog() {
	local limit=${QUIRE_BOOT_SECONDS:-20} begin=$SECONDS mark=Quire
	if ((has_run)); then mark=$'\002'; fi
	if [[ -n $gdb ]]; then return; fi
	until grep -qa "$mark" "$tmp/console.log" 2>/dev/null; do
		kill -0 "$1" 2>/dev/null || return 0
		if ((SECONDS - begin >= limit)); then
			echo boot >"$tmp/why"
			kill -KILL "$1"
			return
		fi
		sleep 0.2
	done
	if ((timeout == 0)); then return; fi
	while kill -0 "$1" 2>/dev/null; do
		if ((SECONDS - begin >= timeout)); then
			echo timeout >"$tmp/why"
			kill -KILL "$1"
			return
		fi
		sleep 0.5
	done
}

explain_hang() {
	local log=$tmp/console.log in="in ${QUIRE_BOOT_SECONDS:-20} s"
	if [[ ! -s $log ]]; then
		die "no output $in: OpenSBI did not start; reinstall the package opensbi" 125
	elif ! grep -qa Quire "$log"; then
		die "OpenSBI ran, the kernel printed nothing $in: try 'make clean', then --gdb" 125
	fi
	die "the kernel started but gave no shell $in: --verbose shows its messages" 125
}

# With --run only what LINE prints comes through; the boot's messages are shown if it never starts.
only_the_line() {
	local line boot=()
	if ((verbose)); then exec tr -d '\002'; fi
	while IFS= read -r line; do
		if [[ $line == $'\002'* ]]; then
			if [[ -t 1 ]]; then exec cat; else exec sed -u 's/\r$//'; fi
		fi
		boot+=("${line%$'\r'}")
		# OpenSBI's last line: what follows is the kernel's.
		if [[ $line == "Boot HART MEDELEG"* ]]; then boot=(); fi
	done
	printf '%s\n' "${boot[@]}" >&2
}

run_qemu() {
	local status=0 stopped=0 pid out='' dog
	exec 3<&0
	if [[ -t 0 ]]; then saved_tty=$(stty -g); elif ((has_run)); then exec 3</dev/null; fi
	if ((has_run)); then
		mkfifo "$tmp/pipe"
		only_the_line <"$tmp/pipe" &
		out=$!
		"${qemu[@]}" <&3 >"$tmp/pipe" &
	else
		"${qemu[@]}" <&3 &
	fi
	pid=$!
	trap 'stopped=1; kill "$pid" 2>/dev/null' INT TERM HUP
	watchdog "$pid" &
	dog=$!
	# A signal ends wait, not QEMU: go on until QEMU itself is gone.
	while :; do
		wait "$pid" 2>/dev/null && status=0 || status=$?
		kill -0 "$pid" 2>/dev/null || break
	done
	if [[ -n $out ]]; then wait "$out" || true; fi
	kill "$dog" 2>/dev/null || true
	case $(cat "$tmp/why" 2>/dev/null || true) in
	boot) explain_hang ;;
	timeout) die "stopped after $timeout s (--timeout)" 124 ;;
	esac
	if ((stopped)); then return 143; fi
	if ((status == 0)) && never_ran; then die "the machine went off before it ran LINE" 125; fi
	return "$status"
}

# Was there a LINE to run, and the console (a copy of it) never came to it? Selftests have none.
never_ran() {
	((has_run)) && [[ " $append " != *" selftest"* && -r $tmp/console.log ]] &&
		! grep -qa $'\002' "$tmp/console.log"
}

# What gdb is to do before it connects: the kernel's symbols at both addresses, and where programs
# of --add have theirs.
gdb_arguments() {
	local file
	gdb_args=(-nx -q -x tools/gdb/quire.gdb -ex "q-symbols \"$kernel\"")
	for file in "${adds[@]}"; do
		if [[ ! -e $file ]]; then file=${file%:*}; fi
		gdb_args+=(-ex "q-userdir \"$file\"")
	done
}

find_debugger() { type -P gdb-multiarch riscv64-unknown-elf-gdb | sed -n 1p || true; }

# gdb starts QEMU itself, in a session of its own: Ctrl-C stops the machine and ends nothing. When
# gdb is gone, however it went, QEMU goes too: else it would run on, with nobody to see it.
run_gdb() {
	local debugger target="target remote | exec"
	if type -P setpriv >/dev/null; then target+=" setpriv --pdeathsig KILL"; fi
	target+=" ${qemu[*]@Q}"
	debugger=$(find_debugger)
	[[ -n $debugger ]] || die "no gdb: install gdb-multiarch" 1
	gdb_arguments
	: >"$BUILD/console.log"
	echo "The console: tail -f $(from_start "$BUILD/console.log"), in another terminal." \
		"c goes on, Ctrl-C stops, q-help lists commands, kill ends the machine."
	QUIRE_TARGET=$target "$debugger" "${gdb_args[@]}" -ex "$target" "${gdb_ex[@]}"
}

# An editor's gdb has started us: the machine ends with it.
serve_pipe() {
	local pid
	exec 3<&0
	"${qemu[@]}" <&3 &
	pid=$!
	while kill -0 "$PPID" 2>/dev/null && kill -0 "$pid" 2>/dev/null; do sleep 0.5; done
	kill -KILL "$pid" 2>/dev/null || true
}

# Two terminals: the line to type in the other one, whatever its folder, once it would work.
announce_server() {
	local debugger
	debugger=$(basename "$(find_debugger)")
	until [[ -S $tmp/gdb.sock ]]; do sleep 0.1; done
	gdb_arguments
	echo "$(show cd "$PWD") && $(show "${debugger:-gdb-multiarch}" "${gdb_args[@]}" \
		-ex "target remote $tmp/gdb.sock" "${gdb_ex[@]}")"
}

# Time travel. The record holds what came from outside, and a snapshot from which any moment is
# reached again by counting instructions.
rr_words() {
	rr=(-icount "shift=auto,rr=$1,rrfile=$tmp/rr.bin,rrsnapshot=init"
		-drive "file=$tmp/rr.qcow2,file.locking=off,if=none,id=rr")
}

record_and_replay() {
	local machine=("${bare[@]}") status=0
	qemu-img create -q -f qcow2 "$tmp/rr.qcow2" 256M
	rr_words record
	qemu+=("${rr[@]}" -no-reboot)
	echo "Recording. poweroff (or Ctrl-A X) ends the run; then it is replayed under gdb." >&2
	run_qemu || status=$?
	[[ -s $tmp/rr.bin ]] || die "nothing was recorded (QEMU ended with status $status)" 1
	rr_words replay
	qemu=("${machine[@]}" "${rr[@]}" -no-reboot -serial "file:$BUILD/console.log"
		-monitor none -gdb stdio -S)
	echo "Replaying: reverse-stepi, reverse-next and reverse-continue go back," \
		"to a breakpoint in the past or to the beginning." \
		"Forward again QEMU gets to where you turned back, and may wait there for ever:" \
		"then Ctrl-C, and q-again starts anew."
	run_gdb
}

main() {
	local flavour groups=(run) status
	if [[ ${1:-} == test ]]; then
		shift
		cd_top
		tools/deps run test gdb rr llvm
		exec tools/test-all "$@"
	fi
	parse "$@"
	check_values
	cd_top
	BUILD=${BUILD:-build}
	python=$(type -P /usr/bin/python3 python3 | sed -n 1p)
	PATH=$PATH:/usr/sbin:/sbin
	if ((llvm)); then groups+=(llvm); fi
	if [[ -n $gdb ]]; then groups+=(gdb); fi
	if [[ $gdb == --gdb-rr ]]; then groups+=(rr); fi
	if ((!dry_run)); then tools/deps "${groups[@]}"; fi
	flavour=$( ((release)) && echo release || echo debug)
	((mmu)) || flavour+=-nommu
	((!llvm)) || flavour+=-llvm
	: "${kernel:=$BUILD/$flavour/quire.elf}"
	if ((build && !dry_run)); then
		make -s -j"$(nproc)" RELEASE=$release MMU=$mmu LLVM=$llvm BUILD="$BUILD" >&2 ||
			die "the build failed" 1
	fi
	((dry_run)) || [[ -r $kernel ]] ||
		die "no kernel at $kernel: run make, or leave --no-build out" 1
	if [[ $root == debian ]] && ((!dry_run)); then
		tools/mkdebian -o "$BUILD/debian.img" >&2 || exit 1
	fi
	umask 077
	tmp=${TMPDIR:-/tmp}/quire
	if ((!dry_run)); then
		tmp=$(mktemp -d "$tmp.XXXXXX")
		trap cleanup EXIT
	fi
	firmware=$(own_firmware)
	machine
	bare=("${qemu[@]}")
	console "$([[ -t 0 ]] && echo off || echo on)"
	prepare
	if ((dry_run)); then
		show "${qemu[@]}"
	elif [[ $gdb == --gdb ]]; then
		run_gdb
	elif [[ $gdb == --gdb-pipe ]]; then
		serve_pipe
	elif [[ $gdb == --gdb-rr ]]; then
		record_and_replay
	else
		if [[ $gdb == --gdb-server ]]; then announce_server & fi
		run_qemu && status=0 || status=$?
		if [[ -n $trace ]]; then convert_trace "$status" || status=$?; fi
		return "$status"
	fi
}

# Debian's OpenSBI is named only where QEMU lacks a copy of its own.
own_firmware() {
	local own qemu_dir
	qemu_dir=$(dirname "$(type -P qemu-system-riscv64)")
	for own in "$qemu_dir/../share" /usr/share /usr/local/share; do
		if [[ -r $own/qemu/opensbi-riscv64-generic-fw_dynamic.bin ]]; then return; fi
	done
	own=/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin
	if [[ -r $own ]]; then echo "$own"; fi
}

main "$@"
