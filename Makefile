# The commands people type. `make train` and `make test` work on a fresh machine that has a Swift toolchain.
# What speaks to the MPIs that are there; beside the program, where it looks.
mpis := $(foreach mpi,openmpi mpich,$(if $(shell command -v mpicc.$(mpi)),$(mpi)))
comma := ,
messages = $(foreach mpi,$(mpis),mpicc.$(mpi) -O2 -Wall -Wextra -shared -fPIC $(2) -o $(1)/liblockstep-$(mpi).so Sources/CMessages/mpi.c &&) true

.PHONY: help train mpi install-mpi test test-interop network-test build install deb test-deb docs examples schema packages format format-check sanitize sanitize-threads sanitize-memory sanitize-all check-kernels smoke fuzz fuzz-briefly kill-test soak memcheck bench bench-peers bench-machine clean

build_flags := -c release
PREFIX ?= /usr/local
thread_tests := 'WorkersTests|TrainingTests.(StepTests|LayerTests|SameBitsTests|NaNTests|InterruptionTests|StallTests/theReport)'
# What threads do in them, others do, too: they differ in formulas, which take minutes under ThreadSanitizer; make sanitize-all runs them all.
slow_thread_tests := 'TrainingTests.(StepTests/(penaltiesAndConstraints|stepsAreThoseOfTheWholeBatch)|LayerTests/stepsAreThoseOfTheWholeBatch|SameBitsTests/(anyNumberOfWorkersForEachOptimizer|avx512GivesTheBitsOfAVX2))'
memory_tests := 'KernelsTests|NeuralNetworkTests|DatasetsTests|InterchangeTests|TrainingTests.(StepTests|NaNTests|InterruptionTests)'
unlike_sanitizers := 'AllocationTests|LargeDataTests|OtherCPUTests|OutputErrorTests/(aFullDisk|aRunThatFailsLeavesTheEarlierOne|standardOutputFillsUpOnTheWay)'

help:
	@echo "make train         train the 25-15-10 network on the digits that ship with the package"
	@echo "make test          run the whole test suite"
	@echo "make test-interop  what Lockstep writes, read by the tools it is written for, and the other way round; installs them from PyPI first"
	@echo "make build         build .build/release/lockstep"
	@echo "make mpi           the libraries with which mpirun can start it as several processes, one for each MPI that is there (Open MPI, MPICH); make install-mpi: into PREFIX"
	@echo "make network-test  ranks in network namespaces of their own, where packets take their time and some are lost (as root)"
	@echo "make install       the program without need of a Swift toolchain, its digits and examples, into PREFIX (/usr/local), below DESTDIR if there is one"
	@echo "make deb           the same as a Debian package; make test-deb: judged by lintian, installed and run in a fresh Debian (as root)"
	@echo "make examples      builds and runs the examples in Swift, a package that depends on this one by version"
	@echo "make docs          the library's documentation as a web site, in .build/docs"
	@echo "make format        format every Swift file; make format-check only looks"
	@echo "make sanitize      the tests of threads under ThreadSanitizer, those of memory under AddressSanitizer; make sanitize-all: the whole suite"
	@echo "make check-kernels that no kernel is shared between CPU levels"
	@echo "make schema        configs/schema.json anew, after the reader of configs has changed"
	@echo "make smoke         a short run of the main job"
	@echo "make memcheck      valgrind looks at every access of a small run"
	@echo "make fuzz          a million hostile inputs for the parsers, under AddressSanitizer; make fuzz-briefly: some, always the same"
	@echo "make kill-test     a run that is killed at 50 random moments, again and again, and must end with the same bits"
	@echo "make soak          half an hour of training while cores come and go: flat memory, no hang, the same bits"
	@echo "make bench DATA=D  every figure with a target, and PyTorch, Keras, JAX, scikit-learn and OpenBLAS beside it, on the original MNIST in folder D"

packages:
	@.ci/install-packages

build: packages
	swift build $(build_flags) --product lockstep

install: .build/static/release/lockstep
	install -D --mode=755 --strip $< $(DESTDIR)$(PREFIX)/bin/lockstep
	install -D --mode=644 --target-directory=$(DESTDIR)$(PREFIX)/share/lockstep/mnist5k Sources/Datasets/Resources/mnist5k/*
	install -D --mode=644 --target-directory=$(DESTDIR)$(PREFIX)/share/doc/lockstep/examples configs/*.json
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,man/man1 bash-completion/completions zsh/vendor-completions fish/vendor_completions.d)
	$< man | gzip -9n >$(DESTDIR)$(PREFIX)/share/man/man1/lockstep.1.gz
	$< completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/lockstep
	$< completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_lockstep
	$< completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/lockstep.fish

# A build of its own, since the switch makes all of it anew.
.build/static/release/lockstep: packages
	swift build $(build_flags) --product lockstep --static-swift-stdlib --scratch-path .build/static

deb: .build/static/release/lockstep
	.ci/install-packages --deb
	.ci/make-deb

test-deb: deb
	.ci/test-deb

examples: packages
	Tests/Examples/run

mpi: build
	@test -n "$(mpis)" || { echo "no MPI is there; install libopenmpi-dev and openmpi-bin, or libmpich-dev and mpich" >&2; exit 1; }
	$(call messages,.build/release)

# Apart from the program, which would else need every MPI.
install-mpi:
	install -d $(DESTDIR)$(PREFIX)/lib/lockstep
	$(call messages,$(DESTDIR)$(PREFIX)/lib/lockstep,-s -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
	chmod 644 $(DESTDIR)$(PREFIX)/lib/lockstep/liblockstep-*.so

# As root.
network-test: mpi
	Tests/Long/ranks-over-network

docs: build
	.ci/make-docs

train: build
	.build/release/lockstep train configs/digits.json

test: packages
	swift build $(build_flags) --build-tests
	swift test $(build_flags) --skip-build --quiet

test-interop: build .build/interop
	.ci/install-packages --interop
	.build/interop/bin/python -m pytest Tests/Interop -p no:cacheprovider -rs $(ARGUMENTS)

.build/interop: Tests/Interop/requirements.txt
	.ci/install-packages --interop
	python3 -m venv $@ && $@/bin/pip install --quiet --requirement $< && touch $@ || { rm -rf $@; exit 1; }

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

format-check:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

# Leak detection is off: Foundation and XCTest leak a few objects of their own.
sanitize: sanitize-threads sanitize-memory

sanitize-threads: packages
	swift test --sanitize=thread --scratch-path .build/thread-sanitizer --quiet --filter $(thread_tests) --skip $(slow_thread_tests)

sanitize-memory: packages
	ASAN_OPTIONS=detect_leaks=0:suppressions=$(CURDIR)/Tests/Long/address-sanitizer-suppressions swift test -c release --sanitize=address --scratch-path .build/address-sanitizer --quiet --filter $(memory_tests)

# The whole suite, in half an hour each; but for what a sanitizer itself takes part in: counts of allocations, limits to memory and to the size of files, QEMU.
sanitize-all: packages
	LOCKSTEP_TEST_PATIENCE=1200 swift test -c release --sanitize=thread --scratch-path .build/thread-sanitizer-all --quiet --skip $(unlike_sanitizers)
	LOCKSTEP_TEST_PATIENCE=1200 ASAN_OPTIONS=detect_leaks=0:suppressions=$(CURDIR)/Tests/Long/address-sanitizer-suppressions swift test -c release --sanitize=address --scratch-path .build/address-sanitizer-all --quiet --skip $(unlike_sanitizers)

# valgrind knows no AVX-512.
memcheck: build
	output=$$(mktemp -d) && LOCKSTEP_ISA=avx2 valgrind --error-exitcode=9 --leak-check=no --quiet .build/release/lockstep train configs/digits.json --quiet \
	  --output $$output/run --workers 2 --set fit.epochs=1 && rm -r $$output

schema: build
	.build/release/lockstep config schema > configs/schema.json

smoke: build
	output=$$(mktemp -d) && .build/release/lockstep train configs/digits.json --output $$output/run --set fit.epochs=3 && \
	  .build/release/lockstep evaluate $$output/run && rm -r $$output

fuzz: packages
	Tests/Fuzz/run 1000000

fuzz-briefly: packages
	Tests/Fuzz/run 20000 1

kill-test: build
	Tests/Long/kill-test

soak: build
	Tests/Long/soak

check-kernels: build
	.ci/check-kernels

clean:
	swift package clean

# The benchmarks: make bench DATA=folder of the original MNIST files. ARGUMENTS="--quick" and others: see Benchmarks/README.md.
bench:
	$(MAKE) bench-machine
	$(MAKE) bench-peers

bench-machine bench-peers: build $(if $(mpis),mpi) .venv
	@test -n "$(DATA)" || { echo "usage: make $@ DATA=folder of the original MNIST files" >&2; exit 64; }
	.venv/bin/python Benchmarks/$(if $(filter bench-peers,$@),compare,machine).py --data $(DATA) $(ARGUMENTS)

.venv: Benchmarks/peers/requirements.txt
	python3 -m venv $@ && $@/bin/pip install --quiet --requirement $< && touch $@ || { rm -r $@; exit 1; }
