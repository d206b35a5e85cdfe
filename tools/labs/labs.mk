# SPDX-License-Identifier: MIT
#
# Labs: `make lab`, `grade`, `hint`, `handin`, `selfgrade` (tools/labs/README.md), and the programs
# that test labs. Each labs/*/user/NAME.c, linked with lablib.c and the frame of the user tests,
# becomes build/user/labs/NAME; the grader puts it into the machine with --add.

LAB ?=
DEST ?=
TASK ?=
TEST ?=
lab-args = $(if $(LAB),--lab $(LAB)) $(if $(DEST),--dest $(DEST)) $(if $(TASK),--task $(TASK))

.PHONY: lab grade hint handin selfgrade lab-user lab-flags
lab grade hint handin:
	$(call run-lab-tool,$(lab-args) $(if $(filter grade,$@),$(addprefix --test ,$(TEST))))
selfgrade:
	$(call run-lab-tool,$(lab-args) $(SELFGRADE_ARGS))
# A starter tree has only the student's commands.
run-lab-tool = $(if $(wildcard tools/labs/$@),@$(PYTHON) tools/labs/$@ $(1),@echo 'make $@: this \
	is a starter tree: it has make grade, hint and handin' >&2; exit 2)

lab-srcs := tools/labs/guest/labrun.c $(wildcard labs/*/user/*.c)
lab-progs := $(addprefix $(UB)/labs/,$(basename $(notdir $(lab-srcs))))
lab-user: $(lab-progs)
# In a starter tree they are part of all: the lines for gdb that the grader prints need them.
ifneq ($(wildcard .quire-lab),)
all: lab-user
endif

vpath %.c $(sort $(dir $(lab-srcs)))
$(UB)/labs/obj/%.o: %.c $(UB)/flags
	$(call say,UCC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UCFLAGS) -MMD -MP -c $< -o $@
$(lab-progs): $(UB)/labs/%: $(call uobj,$(crt-y)) $(UB)/labs/obj/%.o \
		$(UB)/labs/obj/lablib.o $(call uobj,tests/testlib.c util.c) $(UB)/libc.a
	$(call say,ULD,$@)
	$(Q)$(ULD) $(ULDFLAGS) -o $@ $^

# How the grader asks the compiler for the layout of the kernel's structures.
lab-flags: $(B)/config.h
	@echo '$(CC) $(FAST) $(KCFLAGS)'
-include $(patsubst $(UB)/labs/%,$(UB)/labs/obj/%.d,$(lab-progs))
