#pragma once
#include <dlfcn.h>
#include <microhttpd.h>
#include <stddef.h>

// libmicrohttpd, loaded when it is asked for: with GnuTLS and what else it brings it would take time of every start of a program that serves now and then.
// What the functions here take and give are plain numbers and pointers: libmicrohttpd has enumerations, whose Swift names are a matter of its version, and
// functions that take any number of arguments, which Swift does not import.

typedef struct {
    struct MHD_Daemon *(*start_daemon)(
        unsigned int flags, uint16_t port, MHD_AcceptPolicyCallback policy, void *policy_context, MHD_AccessHandlerCallback handler, void *context, ...);
    void (*stop_daemon)(struct MHD_Daemon *daemon);
    const char *(*lookup_connection_value)(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *name);
    int (*get_connection_values)(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator iterator, void *context);
    const union MHD_ConnectionInfo *(*get_connection_info)(struct MHD_Connection *connection, enum MHD_ConnectionInfoType type, ...);
    struct MHD_Response *(*create_response_from_buffer)(size_t count, void *bytes, enum MHD_ResponseMemoryMode mode);
    enum MHD_Result (*add_response_header)(struct MHD_Response *response, const char *name, const char *value);
    enum MHD_Result (*queue_response)(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response);
    void (*destroy_response)(struct MHD_Response *response);
} lockstep_mhd;

/// Loads libmicrohttpd; 0 where there is none.
static inline int lockstep_mhd_load(lockstep_mhd *library) {
    void *handle = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return 0;
    // POSIX says how a function is taken from dlsym, and how not.
    *(void **)&library->start_daemon = dlsym(handle, "MHD_start_daemon");
    *(void **)&library->stop_daemon = dlsym(handle, "MHD_stop_daemon");
    *(void **)&library->lookup_connection_value = dlsym(handle, "MHD_lookup_connection_value");
    *(void **)&library->get_connection_values = dlsym(handle, "MHD_get_connection_values");
    *(void **)&library->get_connection_info = dlsym(handle, "MHD_get_connection_info");
    *(void **)&library->create_response_from_buffer = dlsym(handle, "MHD_create_response_from_buffer");
    *(void **)&library->add_response_header = dlsym(handle, "MHD_add_response_header");
    *(void **)&library->queue_response = dlsym(handle, "MHD_queue_response");
    *(void **)&library->destroy_response = dlsym(handle, "MHD_destroy_response");
    return library->start_daemon && library->stop_daemon && library->lookup_connection_value && library->get_connection_values &&
           library->get_connection_info && library->create_response_from_buffer && library->add_response_header && library->queue_response &&
           library->destroy_response;
}

/// What a daemon calls, all of it on its own thread and with `context`.
typedef struct {
    lockstep_mhd library;
    void *context;
    /// A request's head, then its body piece by piece, of which `*count` becomes what was left, then its end with a `*count` of 0. `*request` is the caller's, and
    /// NULL at first. 0 closes the connection.
    int (*handle)(
        void *context, struct MHD_Connection *connection, const char *path, const char *method, const char *bytes, size_t *count, void **request);
    /// A request is done, answered or not; `request` may be NULL.
    void (*completed)(void *context, struct MHD_Connection *connection, void *request);
    void (*opened)(void *context, struct MHD_Connection *connection, int descriptor);
    /// Before the descriptor is closed.
    void (*closed)(void *context, struct MHD_Connection *connection);
} lockstep_mhd_callbacks;

static inline enum MHD_Result lockstep_mhd_on_request(
    void *callbacks, struct MHD_Connection *connection, const char *path, const char *method, const char *version, const char *bytes, size_t *count,
    void **request) {
    const lockstep_mhd_callbacks *our = callbacks;
    (void)version;
    return our->handle(our->context, connection, path, method, bytes, count, request) ? MHD_YES : MHD_NO;
}

static inline void lockstep_mhd_on_completion(
    void *callbacks, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code) {
    const lockstep_mhd_callbacks *our = callbacks;
    (void)code;
    our->completed(our->context, connection, *request);
    *request = NULL;
}

static inline void lockstep_mhd_on_connection(
    void *callbacks, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code) {
    const lockstep_mhd_callbacks *our = callbacks;
    (void)context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        our->closed(our->context, connection);
        return;
    }
    const union MHD_ConnectionInfo *info = our->library.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    our->opened(our->context, connection, info == NULL ? -1 : info->connect_fd);
}

static inline int lockstep_mhd_digit(char digit) {
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/// Puts bytes in the place of their escapes, and returns how many are left. An escape that is none stays as it is, and so does "%00": with the byte itself the text would
/// end there, and "/%00" be "/".
static inline size_t lockstep_mhd_unescape(void *context, struct MHD_Connection *connection, char *text) {
    size_t count = 0;
    (void)context;
    (void)connection;
    for (const char *next = text; *next != 0; count++) {
        int high = *next == '%' ? lockstep_mhd_digit(next[1]) : -1;
        int low = high < 0 ? -1 : lockstep_mhd_digit(next[2]);
        int isByte = low >= 0 && high + low > 0;
        text[count] = isByte ? (char)(16 * high + low) : *next;
        next += isByte ? 3 : 1;
    }
    text[count] = 0;
    return count;
}

/// Starts a daemon with one thread, which waits for all connections at once; NULL where that fails. It keeps `callbacks`, and owns the socket, until it is stopped.
///
/// Some connections at most, each closed after some seconds of silence, and none with more than some bytes of headers.
static inline struct MHD_Daemon *lockstep_mhd_start(
    int socket, unsigned int connections, unsigned int seconds, size_t header_bytes, lockstep_mhd_callbacks *callbacks) {
    return callbacks->library.start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, lockstep_mhd_on_request, callbacks, MHD_OPTION_LISTEN_SOCKET, socket,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT, seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, header_bytes,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, lockstep_mhd_unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED, lockstep_mhd_on_completion, callbacks, MHD_OPTION_NOTIFY_CONNECTION,
        lockstep_mhd_on_connection, callbacks, MHD_OPTION_END);
}

/// A request's header; NULL where there is none of that name.
static inline const char *lockstep_mhd_header(const lockstep_mhd *library, struct MHD_Connection *connection, const char *name) {
    return library->lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

typedef struct {
    void *context;
    /// `value` is NULL for a name without a '='.
    void (*take)(void *context, const char *name, const char *value);
} lockstep_mhd_taker;

static inline enum MHD_Result lockstep_mhd_on_value(void *taker, enum MHD_ValueKind kind, const char *name, const char *value) {
    const lockstep_mhd_taker *our = taker;
    (void)kind;
    our->take(our->context, name, value);
    return MHD_YES;
}

/// Tells what stands behind the '?' of the address, name by name.
static inline void lockstep_mhd_each_argument(const lockstep_mhd *library, struct MHD_Connection *connection, lockstep_mhd_taker taker) {
    library->get_connection_values(connection, MHD_GET_ARGUMENT_KIND, lockstep_mhd_on_value, &taker);
}

/// A response with a copy of the bytes; NULL where there is no memory.
static inline struct MHD_Response *lockstep_mhd_response(const lockstep_mhd *library, const void *bytes, size_t count) {
    return library->create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

/// Answers, and lets go of the response; 0 where that fails.
static inline int lockstep_mhd_answer(
    const lockstep_mhd *library, struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
    int done = library->queue_response(connection, status, response) == MHD_YES;
    library->destroy_response(response);
    return done;
}
