#pragma once
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

// libcurl, loaded when it is asked for: with the 25 libraries that it brings it would take 4 ms of every start of a program that fetches something once.
// The functions here stand for those of the same name; curl_easy_setopt and curl_easy_getinfo take any number of arguments, which Swift does not import.

typedef struct {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_perform)(CURL *curl);
    void (*easy_cleanup)(CURL *curl);
    const char *(*easy_strerror)(CURLcode code);
    CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *curl, CURLINFO info, ...);
} lockstep_curl;

/// Loads libcurl and makes it ready; 0 where there is none.
static inline int lockstep_curl_load(lockstep_curl *library) {
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return 0;
    // POSIX says how a function is taken from dlsym, and how not.
    *(void **)&library->global_init = dlsym(handle, "curl_global_init");
    *(void **)&library->easy_init = dlsym(handle, "curl_easy_init");
    *(void **)&library->easy_perform = dlsym(handle, "curl_easy_perform");
    *(void **)&library->easy_cleanup = dlsym(handle, "curl_easy_cleanup");
    *(void **)&library->easy_strerror = dlsym(handle, "curl_easy_strerror");
    *(void **)&library->easy_setopt = dlsym(handle, "curl_easy_setopt");
    *(void **)&library->easy_getinfo = dlsym(handle, "curl_easy_getinfo");
    return library->global_init && library->easy_init && library->easy_perform && library->easy_cleanup && library->easy_strerror &&
           library->easy_setopt && library->easy_getinfo && library->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static inline CURLcode lockstep_curl_set_string(lockstep_curl library, CURL *curl, CURLoption option, const char *value) {
    return library.easy_setopt(curl, option, value);
}
static inline CURLcode lockstep_curl_set_number(lockstep_curl library, CURL *curl, CURLoption option, long value) {
    return library.easy_setopt(curl, option, value);
}

typedef size_t (*lockstep_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

/// `body` gets what is sent, piece by piece, and `header` each line before it; both get `context`. One that returns less than it got ends the transfer.
static inline void lockstep_curl_set_receivers(
    lockstep_curl library, CURL *curl, lockstep_curl_receiver body, lockstep_curl_receiver header, void *context) {
    library.easy_setopt(curl, CURLOPT_WRITEFUNCTION, body);
    library.easy_setopt(curl, CURLOPT_WRITEDATA, context);
    library.easy_setopt(curl, CURLOPT_HEADERFUNCTION, header);
    library.easy_setopt(curl, CURLOPT_HEADERDATA, context);
}

/// `progress` is called at least once a second; what is not 0 ends the transfer.
static inline void lockstep_curl_set_progress(
    lockstep_curl library, CURL *curl, int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t), void *context) {
    library.easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    library.easy_setopt(curl, CURLOPT_XFERINFODATA, context);
    library.easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

/// `words`, of CURL_ERROR_SIZE bytes, will say what went wrong.
static inline void lockstep_curl_set_error_buffer(lockstep_curl library, CURL *curl, char *words) {
    library.easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
}

/// The status of the last response, 0 where there is none.
static inline long lockstep_curl_status(lockstep_curl library, CURL *curl) {
    long status = 0;
    library.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
