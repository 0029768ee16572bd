#pragma once
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take any number of arguments, which Swift does not import.

static inline CURLcode lockstep_curl_set_string(CURL *curl, CURLoption option, const char *value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode lockstep_curl_set_number(CURL *curl, CURLoption option, long value) { return curl_easy_setopt(curl, option, value); }

typedef size_t (*lockstep_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

/// `body` gets what is sent, piece by piece, and `header` each line before it; both get `context`. One that returns less than it got ends the transfer.
static inline void lockstep_curl_set_receivers(CURL *curl, lockstep_curl_receiver body, lockstep_curl_receiver header, void *context) {
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, context);
}

/// `progress` is called at least once a second; what is not 0 ends the transfer.
static inline void lockstep_curl_set_progress(CURL *curl, int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t), void *context) {
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, context);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

/// The status of the last response, 0 where there is none.
static inline long lockstep_curl_status(CURL *curl) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/// `words`, of CURL_ERROR_SIZE bytes, will say what went wrong.
static inline void lockstep_curl_set_error_buffer(CURL *curl, char *words) { curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words); }
