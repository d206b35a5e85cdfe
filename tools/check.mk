# SPDX-License-Identifier: MIT
#
# `make check`: what can be told about the sources without running them. Each part is a target.

.PHONY: check in-git check-style check-headers check-scripts check-locks check-docs format-check
check: check-style check-headers check-scripts check-locks check-docs format-check

# Which files are the project's is git's to say.
in-git:
	@git rev-parse --git-dir >/dev/null 2>&1 || \
		{ echo "make check: git knows nothing of this tree yet; run: git init"; exit 2; }

check-style: in-git
	@tools/check-style

# Every header stands on its own: whoever includes it needs no other first.
HEADERS = $(shell git ls-files -co --exclude-standard 'arch/*.h' 'kernel/*.h' 'mm/*.h' 'lib/*.h')
UHEADERS = $(shell git ls-files -co --exclude-standard 'user/libc/include/*.h')
alone = $(CC) $(1) -fsyntax-only -include $$0 -x c /dev/null || \
	{ echo "check-headers: $$0 does not compile alone"; exit 255; }
check-headers: in-git $(B)/config.h
	@printf '%s\n' $(HEADERS) | xargs -r -P 4 -n 1 sh -c '$(call alone,$(FAST) $(KCFLAGS))'
	@printf '%s\n' $(UHEADERS) | xargs -r -P 4 -n 1 sh -c '$(call alone,$(UCFLAGS))'
	@echo "check-headers: $(words $(HEADERS) $(UHEADERS)) headers, each compiles alone"

SCRIPTS = run-qemu.sh $(shell grep -lE '^\#!.*(bash|/sh)' tools/* .ci/* 2>/dev/null)
check-scripts:
	@if command -v shellcheck >/dev/null; then shellcheck $(SCRIPTS) && \
		echo "check-scripts: $(words $(SCRIPTS)) scripts"; \
	else echo "check-scripts: SKIPPED, shellcheck is not installed"; fi

# clang proves the lock annotations (lib/compiler.h); gcc ignores them.
CLANG_FLAGS = --target=riscv64-unknown-elf $(patsubst -march=%,-march=rv64imac,\
	$(filter-out -fno-tree% -Og -g3 -isystem $(CC_INCLUDE),$(KCFLAGS))) \
	-isystem $(shell clang -print-file-name=include) -DQUIRE_THREAD_SAFETY
check-locks: $(B)/config.h
	@if command -v clang >/dev/null; then printf '%s\n' $(kobjs:$(B)/%.o=%.c) | \
		while read -r f; do [ ! -e $$f ] || echo $$f; done | xargs -r -P 4 -n 4 \
		clang $(CLANG_FLAGS) -fsyntax-only -Wthread-safety && \
		echo "check-locks: clang finds every annotated lock held where it must be"; \
	else echo "check-locks: SKIPPED, clang is not installed"; fi

# What the documents name exists. linux-map.md falls behind with every new file: a word here, and
# tests/qemu/test_docs.py insists.
check-docs: in-git
	@tools/check-docs && tools/pictures --check
	@tools/mkdocs --check || true

format-check: in-git
	@if command -v clang-format >/dev/null; then tools/format-check; \
	else echo "format-check: SKIPPED, clang-format is not installed"; fi
