#include <curl/curl.h>

// Swift cannot call functions of variable arguments, so each type of an argument has one of its own.

typedef size_t (*tapedeck_curl_receiver)(char *bytes, size_t size, size_t count, void *context);
typedef int (*tapedeck_curl_watcher)(void *context, curl_off_t down, curl_off_t downDone,
                                     curl_off_t up, curl_off_t upDone);

static const long tapedeck_curl_bearer = (long)CURLAUTH_BEARER;

static inline CURLcode tapedeck_curl_set_text(CURL *handle, CURLoption option, const char *text) {
    return curl_easy_setopt(handle, option, text);
}

static inline CURLcode tapedeck_curl_set_number(CURL *handle, CURLoption option, long number) {
    return curl_easy_setopt(handle, option, number);
}

static inline CURLcode tapedeck_curl_set_size(CURL *handle, CURLoption option, curl_off_t size) {
    return curl_easy_setopt(handle, option, size);
}

static inline CURLcode tapedeck_curl_set_pointer(CURL *handle, CURLoption option,
                                                 const void *pointer) {
    return curl_easy_setopt(handle, option, pointer);
}

static inline CURLcode tapedeck_curl_set_receiver(CURL *handle, tapedeck_curl_receiver receiver) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receiver);
}

static inline CURLcode tapedeck_curl_set_watcher(CURL *handle, tapedeck_curl_watcher watcher) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
}

static inline CURLcode tapedeck_curl_status(CURL *handle, long *status) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}

static inline CURLcode tapedeck_curl_redirect(CURL *handle, char **url) {
    return curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, url);
}
