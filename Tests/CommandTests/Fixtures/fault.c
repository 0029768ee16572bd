// Goes before the C library (LD_PRELOAD) and fails one of its calls, as a broken disk would: FAULT_CALL (open and openread for files to write and to read, write, fsync or rename) on files whose path
// contains FAULT_PATH fails with FAULT_ERROR, from the FAULT_FIRST-th such call to the FAULT_LAST-th. Where FAULT_ERROR is 0, the process is killed instead.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(const char *call, const char *path) {
    static int calls;
    const char *wanted = getenv("FAULT_CALL"), *where = getenv("FAULT_PATH");
    if (!wanted || !where || strcmp(wanted, call) || !strstr(path, where)) return 0;
    int number = __sync_add_and_fetch(&calls, 1);
    if (number < atoi(getenv("FAULT_FIRST")) || number > atoi(getenv("FAULT_LAST"))) return 0;
    errno = atoi(getenv("FAULT_ERROR"));
    if (!errno) raise(SIGKILL);
    return 1;
}

static int fails_on_descriptor(const char *call, int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 2);
    if (length < 0) return 0;
    path[length] = '/';  // so that a folder's own path contains it as its files' do
    path[length + 1] = 0;
    return fails(call, path);
}

int open(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    if (fails(flags & O_CREAT ? "open" : "openread", path)) return -1;
    return real(path, flags, mode);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return fails_on_descriptor("write", descriptor) ? -1 : real(descriptor, bytes, count);
}

int fsync(int descriptor) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return fails_on_descriptor("fsync", descriptor) ? -1 : real(descriptor);
}

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    return fails("rename", to) ? -1 : real(from, to);
}
