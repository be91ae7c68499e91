# make [V=release|debug|san|tsan|limbs] [CC=gcc|clang] [TARGET]
#
#> all        the program: build/nol (another variant V: build/V/nol)
#> demo       a month of the example book, in numbers
#> check      everything below up to `model`; the last line says `N passed, N failed`
#> unit       one program per tests/test_*.c
#> coverage   every key, event type, slug, command and option has a golden case
#> golden     every folder of golden/: input, command, expected bytes
#> atomic     old output or new, never a mix: kills, full disks, no memory
#> memory     any order within --memory: the same bytes, the peak, nothing left
#> threads    the same bytes for any number of threads; V=tsan watches them
#> compare    nol compare says what two plain runs say, for reforms of every kind
#> forecast   nol forecast cell by cell from what nol run says, with fractions
#> walk       docs/first-program.md does what it says
#> explain    each cell of the example book, and of random ones, from what nol explain says of it
#> shards     the same bytes for any number of shards, run by GNU parallel; damaged and missing shards
#> instructions  for each schedule row, counted by valgrind: no more than tests/instructions.txt says
#> prop       the laws, held against what the program writes about random books; SEEDS=a..b
#> rules      the tests of the programs in rules/: every value tested, thresholds from both sides
#> schema     rule files against their JSON Schema, and what nol check says of 80 broken ones
#> kiva       published schedules and receipts, recomputed; skipped where their files are not
#> model      the program against the independent model, on random books; SEEDS=a..b
#> nofloat    proof that engine/ has no floating point
#> headers    every header of engine/ compiles alone
#> layers     no module uses a later one of engine/LAYERS
#> manual     docs/ says what the tables say
#> tidy       habits: line and function length, a test for every module, ...
#> same       one digest for a month, whatever threads, shards, order of rows, compiler and variant
#> fuzz       needs clang: FUZZ_SECONDS=30 for each tests/fuzz_*.c, or FUZZ_RUNS=N: the same N inputs each time
#> bench      time, its phases and memory on large books; BENCH_LOANS=, BENCH_RUNS=, BENCH_GROWTH=
#> format     clang-format in place
#> docs       docs/rules.md, docs/faults.md and the JSON Schema of rule files from the tables
#> install    into PREFIX=/usr/local, below DESTDIR
#> uninstall
#> clean

V ?= release
OPTIMIZE.release := -O2 -g
OPTIMIZE.debug   := -O0 -g
OPTIMIZE.limbs   := -O2 -g -DNOL_AMOUNT_LIMBS_ONLY
OPTIMIZE.san     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMIZE.tsan    := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
OPTIMIZE.fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
OPTIMIZE := $(OPTIMIZE.$(V))
ifeq ($(OPTIMIZE),)
$(error V=$(V) is no variant: release, debug, san, tsan, limbs)
endif

PREFIX       ?= /usr/local
SEEDS        ?= 1..20
FUZZ_SECONDS ?= 30
FUZZ_RUNS    ?=
JOBS         ?= $(shell nproc 2>/dev/null || echo 2)

OUT     := build/$(V)
HERE    := $(if $(filter release,$(V)),build,$(OUT))
PROGRAM := $(HERE)/nol
RESULTS := $(HERE)/results
LIBRARY := $(OUT)/libnol.a

ENGINE_C := $(sort $(wildcard engine/*.c))
ENGINE_H := $(sort $(wildcard engine/*.h))
CLI_C    := $(sort $(wildcard cli/*.c))
ENGINE_O := $(ENGINE_C:%.c=$(OUT)/%.o)
CLI_O    := $(CLI_C:%.c=$(OUT)/%.o)
UNIT     := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/test_*.c)))
FUZZ     := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/fuzz_*.c)))

LANGUAGE := -std=c11 -D_GNU_SOURCE -pthread
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Wvla -Walloca -Werror
ifneq (,$(findstring clang,$(CC)))
WARNINGS += -Wno-string-conversion -Wno-bitwise-instead-of-logical
else ifeq ($(V),san)
WARNINGS += -Wno-maybe-uninitialized
endif
COMPILE  := $(CC) $(LANGUAGE) $(WARNINGS) $(OPTIMIZE) -Iengine $(CFLAGS)
LIBS     := -lgmp -lyaml -lcrypto

CHECKS := headers layers nofloat tidy manual unit golden coverage compare forecast explain walk atomic memory threads shards prop schema rules kiva \
          model instructions


.PHONY: all docs help demo check bench install uninstall clean $(CHECKS) same fuzz fuzz-run format tests
.SECONDARY:
.DELETE_ON_ERROR:

all: $(if $(CLI_C),$(PROGRAM),$(LIBRARY))

help:
	@sed -n 's/^#> //p' Makefile

# --- building ---

# Objects of another compiler or other flags are made again.
$(OUT)/flags: force
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@
.PHONY: force
force:

$(OUT)/engine/%.o: engine/%.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  CC   $@"
	@$(COMPILE) -include engine/banned.h -MMD -MP -c $< -o $@

$(OUT)/cli/%.o: cli/%.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  CC   $@"
	@$(COMPILE) -include engine/banned.h -MMD -MP -c $< -o $@

$(OUT)/tests/%.o: tests/%.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  CC   $@"
	@$(COMPILE) -Itests -MMD -MP -c $< -o $@

$(LIBRARY): $(ENGINE_O)
	@rm -f $@
	@echo "  AR   $@"
	@$(AR) rcs $@ $^

$(PROGRAM): $(CLI_O) $(LIBRARY)
	@echo "  CC   $@"
	@$(COMPILE) $(LDFLAGS) $^ $(LIBS) -o $@

$(OUT)/tests/test_%: $(OUT)/tests/test_%.o $(LIBRARY)
	@echo "  CC   $@"
	@$(COMPILE) $(LDFLAGS) $^ $(LIBS) -lcmocka -o $@

$(OUT)/tests/fuzz_%: $(OUT)/tests/fuzz_%.o $(LIBRARY)
	@echo "  CC   $@"
	@$(COMPILE) $(LDFLAGS) -fsanitize=fuzzer $^ $(LIBS) -o $@

-include $(wildcard $(OUT)/engine/*.d $(OUT)/cli/*.d $(OUT)/tests/*.d)

# --- checking: each target leaves its line `N passed, N failed` in $(RESULTS) ---

RESULT = @sh tests/result.sh $(RESULTS)/$@

check:
	@rm -rf $(RESULTS)
	@$(MAKE) --no-print-directory -k -O $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS)) $(CHECKS) || true
	@sh tests/summary.sh $(RESULTS) $(CHECKS)

headers:
	$(RESULT) sh tests/headers.sh '$(CC) $(LANGUAGE) $(WARNINGS) -Iengine' $(ENGINE_H)

layers:
	$(RESULT) sh tests/layers.sh

nofloat:
	$(RESULT) sh tests/nofloat.sh '$(LANGUAGE) -Iengine -include engine/banned.h' $(ENGINE_C)

tidy:
	$(RESULT) sh tests/tidy.sh

manual: $(PROGRAM)
	$(RESULT) sh tests/docs.sh $(PROGRAM) check

docs: $(PROGRAM)
	@sh tests/docs.sh $(PROGRAM) write

tests: $(UNIT)

unit: $(UNIT)
	$(RESULT) sh tests/unit.sh $(JOBS) $(UNIT)

prop: $(PROGRAM)
	$(RESULT) python3 -B tests/model/laws.py $(PROGRAM) --seeds $(SEEDS)

coverage: $(PROGRAM)
	$(RESULT) sh tests/coverage.sh $(PROGRAM)

golden: $(PROGRAM)
	$(RESULT) sh tests/golden.sh $(PROGRAM)

model: $(PROGRAM)
	$(RESULT) sh tests/model.sh $(PROGRAM) $(SEEDS)

rules: $(PROGRAM)
	$(RESULT) sh tests/rules.sh $(PROGRAM)

schema: $(PROGRAM)
	$(RESULT) sh tests/schema.sh $(PROGRAM)

atomic: $(PROGRAM)
	$(RESULT) sh tests/atomic.sh $(PROGRAM)

memory: $(PROGRAM)
	$(RESULT) sh tests/memory.sh $(PROGRAM) $(V)

compare: $(PROGRAM)
	$(RESULT) python3 -B tests/compare.py $(PROGRAM)

forecast: $(PROGRAM)
	$(RESULT) python3 -B tests/forecast.py $(PROGRAM)

walk: $(PROGRAM)
	$(RESULT) python3 -B tests/walk.py $(PROGRAM) docs/first-program.md

explain: $(PROGRAM)
	$(RESULT) python3 -B tests/explain.py $(PROGRAM)

threads: $(PROGRAM)
	$(RESULT) sh tests/threads.sh $(PROGRAM)

shards: $(PROGRAM)
	$(RESULT) sh tests/shards.sh $(PROGRAM)

instructions: $(PROGRAM)
	$(RESULT) sh tests/instructions.sh $(PROGRAM) $(V)

kiva: $(PROGRAM)
	$(RESULT) sh tests/kiva.sh $(PROGRAM)

same:
	$(RESULT) sh tests/same.sh

fuzz:
	@$(MAKE) --no-print-directory V=fuzz CC=clang fuzz-run

fuzz-run: $(FUZZ)
	$(RESULT) sh tests/fuzz.sh "$(FUZZ_RUNS)" $(FUZZ_SECONDS) $(FUZZ)

demo: $(PROGRAM)
	@sh tests/demo.sh $(PROGRAM)

bench: $(PROGRAM)
	@sh tests/bench.sh $(PROGRAM)

format:
	clang-format -i $(wildcard engine/*.[ch] cli/*.[ch] tests/*.[ch])

# --- installing ---

BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
DOCS := README.md CHANGELOG.md CONTRIBUTING.md LICENSE

install: $(PROGRAM)
	install -d $(BIN) $(SHARE)/nol/rules $(SHARE)/doc/nol/docs/decisions
	install -m 755 $(PROGRAM) $(BIN)/nol
	install -m 644 $(wildcard rules/*.yaml rules/*.json rules/*.md) $(SHARE)/nol/rules
	install -m 644 $(DOCS) $(SHARE)/doc/nol
	install -m 644 docs/*.md $(SHARE)/doc/nol/docs
	install -m 644 docs/decisions/*.md $(SHARE)/doc/nol/docs/decisions

uninstall:
	rm -f $(BIN)/nol
	rm -rf $(SHARE)/nol $(SHARE)/doc/nol

clean:
	rm -rf build
