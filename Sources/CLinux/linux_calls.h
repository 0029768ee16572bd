// The Linux calls that Swift's Glibc overlay cannot reach: futex (a variadic syscall), the CPU's spin hint, and glibc's
// getopt_long, whose results are global variables that strict concurrency refuses.
#pragma once
#include <getopt.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Sleeps while `*word` still holds `expected`. Returns at once if it does not; may also wake for no reason.
static inline void lockstep_futex_wait(const void *word, uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

/// Wakes every thread that sleeps on `word`.
static inline void lockstep_futex_wake_all(const void *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

/// Tells the core that this thread is spinning.
static inline void lockstep_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// getopt_long without its own error messages; the caller words them.
static inline int lockstep_getopt_long(int argc, char *const *argv, const char *shorts, const struct option *longs, int *index) {
    opterr = 0;
    return getopt_long(argc, argv, shorts, longs, index);
}
static inline const char *lockstep_optarg(void) { return optarg; }
static inline int lockstep_optind(void) { return optind; }
static inline int lockstep_optopt(void) { return optopt; }
