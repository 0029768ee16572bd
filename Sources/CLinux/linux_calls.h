// The Linux calls that Swift's Glibc overlay cannot reach: futex (a variadic syscall), the CPU's spin hint, glibc's
// getopt_long, whose results are global variables that strict concurrency refuses, and fork, after which Swift must not run.
#pragma once
#include <fcntl.h>
#include <getopt.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/prctl.h>
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

/// Treats numbers below 2^-126 as zero on this thread, as the optimizers' decaying moments would otherwise cost a hundred cycles each. Returns the
/// earlier mode, for `lockstep_restore_float_mode`.
static inline uint32_t lockstep_flush_denormals(void) {
#if defined(__x86_64__)
    uint32_t mode = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mode | 0x8040);  // flush to zero, denormals are zero
    return mode;
#else
    return 0;
#endif
}
static inline void lockstep_restore_float_mode(uint32_t mode) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(mode);
#endif
}

/// 2 if this CPU and kernel run x86-64-v4 code (AVX-512), 1 for x86-64-v3 (AVX2, FMA), else 0.
static inline int lockstep_cpu_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))) return 0;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return 2;
    return 1;
#else
    return 0;
#endif
}

/// getopt_long without its own error messages; the caller words them.
static inline int lockstep_getopt_long(int argc, char *const *argv, const char *shorts, const struct option *longs, int *index) {
    opterr = 0;
    return getopt_long(argc, argv, shorts, longs, index);
}
static inline const char *lockstep_optarg(void) { return optarg; }
static inline int lockstep_optind(void) { return optind; }

/// Starts the running program once more, in a process of its own: with `arguments`, which NULL ends, without input and output, and with `errors` as its standard
/// error. Returns its number, or -1 with errno.
///
/// It ends with SIGKILL when the calling thread ends. It is its own process group, so that a terminal's Ctrl-C reaches the caller alone; and it ignores SIGTERM and
/// SIGHUP, which some send to every process of a job: what it hears is the SIGINT that the caller sends.
///
/// The program is opened by the kernel's name for it, so that it is the same one even when another was built in its place meanwhile.
static inline pid_t lockstep_start_again(char *const *arguments, int errors) {
    pid_t caller = getpid();
    pid_t child = fork();
    if (child != 0) return child;
    // From here to exec only calls that are safe between fork and exec in a process of many threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != caller) _exit(70);  // the caller ended before that
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(nothing, 1) >= 0 && dup2(errors, 2) >= 0) execv("/proc/self/exe", arguments);
    _exit(126);
}

/// A descriptor that becomes readable when the process ends; negative where the kernel (before Linux 5.3) has none.
static inline int lockstep_process_descriptor(pid_t process) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, process, 0);
#else
    return -1;
#endif
}
