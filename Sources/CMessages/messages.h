// What Lockstep asks of an MPI: a table of functions, which mpi.c fills with those of one MPI. Each MPI lays its handles out in its own way, so that a program
// compiled with one cannot speak another; but a library with nothing in it but this table can be compiled with each (`make mpi`), and the one that fits is
// loaded when a launcher has started the process.
#pragma once
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

/// Grows with every change of the table.
#define LOCKSTEP_MESSAGES_VERSION 2
/// Exchanges that can be under way at once.
#define LOCKSTEP_MESSAGES_SLOTS 512

/// Functions return 0, or an error of MPI's, whose words `error_words` gives. All ranks call all of them in one order, from one thread at a time.
struct lockstep_messages {
    int version;
    /// Joins the others.
    int (*begin)(int *rank, int *ranks);
    /// The MPI's name and version.
    void (*library)(char *text, int bytes);
    void (*error_words)(int error, char *text, int bytes);
    /// Begins to send `counts[r]` floats at `send + offsets[r]` to each rank r, and to receive as many as each sends here, at `receive + receive_offsets[r]`.
    int (*all_to_all)(int slot, const float *send, const int *counts, const int *offsets, float *receive, const int *receive_counts,
                      const int *receive_offsets);
    /// Begins to give everybody what lies in `counts[r]` words of four bytes, `offsets[r]` words behind `words`, as rank r has it.
    int (*all_gather)(int slot, void *words, const int *counts, const int *offsets);
    /// Goes on with what has begun; `done` becomes 1 when the exchange of `slot` has ended.
    int (*test)(int slot, int *done);
    /// From now on the first `ranks` exchange among themselves, and those behind them, too; with the number of all of them all do. None may have anything under way.
    int (*among)(int ranks);
    /// Ends all ranks, this one too.
    void (*abort)(int code);
    /// Takes leave of the others.
    int (*end)(void);
};

/// The table in a library; null, and what is wrong in `error`, where there is none.
static inline const struct lockstep_messages *lockstep_messages_open(const char *path, char *error, size_t bytes) {
    // An MPI loads parts of itself, which look for its symbols among the global ones.
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    const struct lockstep_messages *table = library ? (const struct lockstep_messages *)dlsym(library, "lockstep_messages_table") : NULL;
    if (!table) {
        const char *words = dlerror();
        size_t at = 0;
        for (; words && words[at] && at + 1 < bytes; at++) error[at] = words[at];
        error[at] = 0;
    }
    return table;
}
