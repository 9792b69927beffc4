# SPDX-License-Identifier: Apache-2.0
# monreduce: one GNU Makefile, no configure.  CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR BUILD are respected.
#
#   make          build            make demo         reduce the sample and show what came out
#   make check    all tests        make check-asan   the same with the address and undefined-behaviour sanitizers
#   make bench    measure          make check-tsan   the same with the thread sanitizer
#   make budget   renew the instruction counts that "make check" guards
#   make check-long   tests that take minutes: every fault in every format, SIGKILL at 100 random moments, with and without a state
#   make check-clang   the tests with clang        make check-s390x   the tests on a big-endian machine, emulated
#   make fuzz     look for inputs that break something: FUZZ_SECONDS=60 for each target
#   make exits    the user exits that come with the program (BUILD/exits)
#   make deps     install what is missing (Debian)   make install clean
#   make deps-consumers   also the programs of others that the tests read the output with; make check CI=true does it

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Werror
STANDARD := -std=c11 -D_GNU_SOURCE
HOSTCC ?= $(CC)
VERSION := $(shell cat VERSION)

# What the build needs, and what only the tests need.
PACKAGES := gcc libc6-dev make zlib1g-dev libcsv-dev libjansson-dev libsqlite3-dev nettle-dev
TEST_PACKAGES := libcriterion-dev python3 sqlite3 valgrind binutils
# Programs that read what is written: where one is missing, its tests are left out.  Node may be there without npm's package.
CONSUMER_PACKAGES := libreoffice-calc-nogui postgresql r-cran-haven python3-pandas man-db mandoc
CONSUMER_NODE := ca-certificates nodejs npm

LIBS := -lz -lcsv -ljansson -lsqlite3 -lnettle -lm -ldl -pthread
# LIBDEFLATE=1: check sums by libdeflate, which is faster than zlib.
LIBDEFLATE ?=
ifeq ($(LIBDEFLATE),1)
PACKAGES += libdeflate-dev
LIBS += -ldeflate
override CPPFLAGS += -DMR_LIBDEFLATE
endif
ALL_CFLAGS = $(STANDARD) $(WARNINGS) $(CFLAGS) -I. -I$(BUILD) -MMD -MP
VERSION_FLAG = -DMR_VERSION='"$(VERSION)"'

UNIT_LIBS := -lcriterion
SCHEMA_DATA := $(sort $(wildcard schema/*.csv schema/layouts/*.csv))
LIB_SOURCES := $(sort $(wildcard base/*.c reader/*.c domains/*.c exits/*.c writers/*.c account/*.c dictionary/*.c ledger/*.c)) \
	$(filter-out schema/compile.c,$(sort $(wildcard schema/*.c))) $(sort $(wildcard pipeline/*.c))
PROGRAM_SOURCES := $(sort $(wildcard monreduce*.c))
YARDSTICK_SOURCES := $(sort $(wildcard tests/bench/*.c))
# One fuzz target each; the other files of the folder are what they share.
FUZZ_TARGETS := container records pipeline schema systems expression rules classes
UNIT_SOURCES := $(sort $(wildcard tests/unit/*.c))
SAMPLE_SOURCES := $(sort $(wildcard samples/*.c))

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/schema_tables.o
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:%.c=$(BUILD)/%.o)
YARDSTICK_OBJECTS := $(YARDSTICK_SOURCES:%.c=$(BUILD)/%.o)
SAMPLE_OBJECTS := $(SAMPLE_SOURCES:%.c=$(BUILD)/%.o)
# Damage is tried on the samples, so the unit tests make them.
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(BUILD)/%.o) $(filter-out %/monsample.o,$(SAMPLE_OBJECTS))
# User exits that come with the program: each file is one.
EXITS := $(patsubst exits/plugins/%.c,$(BUILD)/exits/%.so,$(sort $(wildcard exits/plugins/*.c)))
MAN_PAGES := $(sort $(wildcard man/*.[1-8]))
COMPILE_SOURCES := $(sort $(wildcard schema/*.c base/*.c))

.DELETE_ON_ERROR:
.PHONY: all exits deps deps-consumers demo check check-unit check-commands check-asan check-tsan check-long check-clang check-s390x \
	fuzz bench budget install clean

all: $(BUILD)/monreduce $(BUILD)/monsample exits

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(PROGRAM_OBJECTS): ALL_CFLAGS += $(VERSION_FLAG)
$(BUILD)/pipeline/pipeline.o $(BUILD)/pipeline/state_piece.o: ALL_CFLAGS += $(VERSION_FLAG)

# The schema compiler runs on the machine that builds: one command, no sanitizers, no cross compiler.
$(BUILD)/schema-compile: $(COMPILE_SOURCES) $(wildcard schema/*.h base/*.h base/*.def reader/record.h)
	@mkdir -p $(@D)
	$(HOSTCC) $(STANDARD) $(WARNINGS) -O1 -I. -o $@ $(COMPILE_SOURCES) -lcsv

$(BUILD)/schema_tables.c: $(BUILD)/schema-compile $(SCHEMA_DATA)
	$(BUILD)/schema-compile schema $@

$(BUILD)/schema_tables.o: $(BUILD)/schema_tables.c
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/libmonreduce.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/monreduce: $(PROGRAM_OBJECTS) $(BUILD)/libmonreduce.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/monsample: $(SAMPLE_OBJECTS) $(BUILD)/libmonreduce.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The program refuses an exit that others may write, whatever the umask here is.
exits: $(EXITS)

$(BUILD)/exits/%.so: exits/plugins/%.c exits/monreduce_exit.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(STANDARD) $(WARNINGS) $(CFLAGS) $(LDFLAGS) -Iexits -fPIC -shared -o $@ $<
	@chmod go-w $@ $(@D)

# The targets of exits have the exit's source in them.
$(BUILD)/tests/fuzz/%.o: ALL_CFLAGS += -Iexits
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/fuzz.o $(BUILD)/tests/fuzz/exit_host.o \
		$(BUILD)/libmonreduce.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(BUILD)/unit-tests: $(UNIT_OBJECTS) $(BUILD)/libmonreduce.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(UNIT_LIBS)

# What the benchmark measures against; uses the compiled-in layouts, and nothing else of the program.
$(BUILD)/yardstick: $(YARDSTICK_OBJECTS) $(BUILD)/libmonreduce.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

deps:
	@sh tests/deps.sh $(PACKAGES) $(TEST_PACKAGES)

deps-consumers:
	@sh tests/deps.sh $(CONSUMER_PACKAGES) $$(command -v npm >/dev/null || echo $(CONSUMER_NODE))
	@sh tests/consumers/install.sh $(BUILD)/consumers

demo:
	@sh tests/deps.sh $(PACKAGES)
	@$(MAKE) --no-print-directory all
	@sh samples/demo.sh $(BUILD)

# What runs by itself (CI=true, which may come from the environment) tests with everything.
check: deps $(if $(filter true,$(CI)),deps-consumers)
	@$(MAKE) --no-print-directory check-unit check-commands

check-unit: $(BUILD)/unit-tests
	$(BUILD)/unit-tests --jobs 2

# Lets calls of the program fail; never with sanitizers, which do not go together with it.
$(BUILD)/faults.so: tests/faults/faults.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(STANDARD) $(WARNINGS) -O1 -g -fPIC -shared -o $@ $<

check-commands: all $(BUILD)/yardstick $(BUILD)/faults.so
	sh tests/run-commands.sh $(BUILD)

check-long: all $(BUILD)/faults.so
	sh tests/run-long.sh $(BUILD)

# A leak does not fail a Criterion test by itself: the sanitizers write to a log, and any log fails the target.
check-asan: deps
	sh tests/run-sanitized.sh $(MAKE) $(BUILD)-asan "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"

check-tsan: deps
	sh tests/run-sanitized.sh $(MAKE) $(BUILD)-tsan "-O1 -g -fsanitize=thread"

# The tests with another compiler, and on a big-endian machine.
check-clang: deps
	@sh tests/deps.sh clang
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)-clang check-unit check-commands

S390X_PACKAGES := gcc-s390x-linux-gnu qemu-user
check-s390x: deps
	@sh tests/deps.sh $(S390X_PACKAGES)
	sh tests/run-s390x.sh $(MAKE) $(BUILD)-s390x $(PACKAGES)

# FUZZ_SECONDS for each target; FUZZ="records pipeline" runs these alone.
FUZZ_SECONDS ?= 60
FUZZ ?= $(FUZZ_TARGETS)
fuzz:
	@sh tests/deps.sh $(PACKAGES) clang libclang-rt-dev llvm
	sh tests/fuzz/run.sh $(MAKE) $(BUILD)-fuzz $(FUZZ_SECONDS) $(FUZZ)

# BENCH_MB: megabytes of the large input (about six times as much disk space in TMPDIR is needed for a while).
BENCH_MB ?= 1100
BENCH_RUNS ?= 3
BENCH_OPTIONS ?=

bench: all $(BUILD)/yardstick
	python3 -B tests/bench/bench.py --megabytes $(BENCH_MB) --runs $(BENCH_RUNS) $(BENCH_OPTIONS) $(BUILD)

budget: all
	python3 -B tests/bench/budget.py renew $(BUILD)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/monreduce
	install -m 755 $(BUILD)/monreduce $(DESTDIR)$(PREFIX)/bin/monreduce
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/monreduce
	install -m 644 exits/monreduce_exit.h $(DESTDIR)$(PREFIX)/include/
	install -m 755 $(EXITS) $(DESTDIR)$(PREFIX)/lib/monreduce/
	install -m 644 README.md LICENSE $(DESTDIR)$(PREFIX)/share/doc/monreduce/
	for page in $(MAN_PAGES); do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; \
	done
	install -D -m 644 completion/monreduce $(DESTDIR)$(PREFIX)/share/bash-completion/completions/monreduce

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-tsan $(BUILD)-clang $(BUILD)-s390x $(BUILD)-fuzz monreduce.out demo.out

-include $(wildcard $(BUILD)/tests/fuzz/*.d) $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d) $(UNIT_OBJECTS:.o=.d) $(SAMPLE_OBJECTS:.o=.d) \
	$(YARDSTICK_OBJECTS:.o=.d) $(BUILD)/schema_tables.d
