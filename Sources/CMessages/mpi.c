// The table of messages.h in terms of MPI; compiled by `make mpi` with the compiler wrapper of each MPI there is, and by nobody else.
#include "messages.h"
#include <mpi.h>
#include <string.h>

/// Who exchanges: all, or the first of them.
static MPI_Comm ours = MPI_COMM_WORLD;
static MPI_Request requests[LOCKSTEP_MESSAGES_SLOTS];

static int begin(int *rank, int *ranks) {
    // One thread at a time calls: the coordinator, or the first worker while the coordinator waits for it.
    int provided = 0;
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    if (code) return code;
    if (provided < MPI_THREAD_SERIALIZED) return MPI_ERR_UNSUPPORTED_OPERATION;
    // Errors are Lockstep's to tell.
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    for (int slot = 0; slot < LOCKSTEP_MESSAGES_SLOTS; slot++) requests[slot] = MPI_REQUEST_NULL;
    if ((code = MPI_Comm_rank(MPI_COMM_WORLD, rank))) return code;
    return MPI_Comm_size(MPI_COMM_WORLD, ranks);
}

static void library(char *text, int bytes) {
    char full[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(full, &length);
    // The first line, or what of it there is before a comma; MPICH's has a tab after a colon.
    int to = 0;
    for (int at = 0; at < length && full[at] != ',' && full[at] != '\n' && to + 1 < bytes; at++) text[to++] = full[at] == '\t' ? ' ' : full[at];
    text[to] = 0;
}

static void error_words(int error, char *text, int bytes) {
    char full[MPI_MAX_ERROR_STRING];
    int length = 0;
    if (MPI_Error_string(error, full, &length)) length = 0;
    if (length >= bytes) length = bytes - 1;
    memcpy(text, full, length);
    text[length] = 0;
}

static int all_to_all(int slot, const float *send, const int *counts, const int *offsets, float *receive, const int *receive_counts,
                      const int *receive_offsets) {
    return MPI_Ialltoallv(send, counts, offsets, MPI_FLOAT, receive, receive_counts, receive_offsets, MPI_FLOAT, ours, &requests[slot]);
}

static int all_gather(int slot, void *words, const int *counts, const int *offsets) {
    return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, words, counts, offsets, MPI_INT32_T, ours, &requests[slot]);
}

static int test(int slot, int *done) { return MPI_Test(&requests[slot], done, MPI_STATUS_IGNORE); }

static int among(int ranks) {
    int code = 0, rank = 0, all = 0;
    if (ours != MPI_COMM_WORLD) code = MPI_Comm_free(&ours);
    ours = MPI_COMM_WORLD;
    if (code || (code = MPI_Comm_size(MPI_COMM_WORLD, &all)) || ranks == all) return code;
    if ((code = MPI_Comm_rank(MPI_COMM_WORLD, &rank))) return code;
    if ((code = MPI_Comm_split(MPI_COMM_WORLD, rank < ranks, rank, &ours))) return code;
    return MPI_Comm_set_errhandler(ours, MPI_ERRORS_RETURN);
}

static void abort_all(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

static int end(void) { return MPI_Finalize(); }

const struct lockstep_messages lockstep_messages_table = {
    LOCKSTEP_MESSAGES_VERSION, begin, library, error_words, all_to_all, all_gather, test, among, abort_all, end,
};
