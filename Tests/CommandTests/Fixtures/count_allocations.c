// Watches a process's memory: LD_PRELOAD this library, and at exit the file $ALLOCATION_COUNT is written: how many heap allocations there were; and, for
// each time that a history.jsonl was opened, as it is at the end of every epoch, how many bytes were in use then, of the heap and of mappings.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

enum { most_epochs = 1000 };
static atomic_long allocations, bytes;
static long bytes_at_epoch[most_epochs], epochs;

static void took(long count) { atomic_fetch_add(&bytes, count); }

static void *allocated(void *block) {
    atomic_fetch_add(&allocations, 1);
    took(malloc_usable_size(block));
    return block;
}

void *malloc(size_t size) { return allocated(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return allocated(__libc_calloc(count, size)); }

void *realloc(void *block, size_t size) {
    long before = malloc_usable_size(block);
    void *moved = __libc_realloc(block, size);
    if (moved || size == 0) took(-before);
    return allocated(moved);
}

void *aligned_alloc(size_t alignment, size_t size) { return allocated(__libc_memalign(alignment, size)); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *made = aligned_alloc(alignment, size);
    if (!made) return ENOMEM;
    *block = made;
    return 0;
}

void free(void *block) {
    took(-(long)malloc_usable_size(block));
    __libc_free(block);
}

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    void *made = (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
    if (made != MAP_FAILED) took(length);
    return made;
}

int munmap(void *address, size_t length) {
    int result = (int)syscall(SYS_munmap, address, length);
    if (result == 0) took(-(long)length);
    return result;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, int) : 0;
    va_end(arguments);
    if (strstr(path, "history.jsonl") && epochs < most_epochs) bytes_at_epoch[epochs++] = atomic_load(&bytes);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

__attribute__((destructor)) static void write_counts(void) {
    const char *path = getenv("ALLOCATION_COUNT");
    long count = atomic_load(&allocations);
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", count);
    for (long epoch = 0; epoch < epochs; epoch++) fprintf(file, "%ld\n", bytes_at_epoch[epoch]);
    fclose(file);
}
