#include "worker/core/fetch.h"

#include "common/must.h"

const char *fetch_problem_words(enum fetch_problem problem)
{
    static const char *const words[] = {
        [FETCH_NONE] = "",
        [FETCH_NO_ADDRESS] = "the attachment has no address",
        [FETCH_HOST_FORBIDDEN] = "the attachment's host is not allowed",
        [FETCH_NOT_FOUND] = "the attachment is not there",
        [FETCH_REFUSED] = "the attachment's host refuses it",
        [FETCH_FAILED] = "the attachment cannot be read",
        [FETCH_TOO_SLOW] = "the attachment takes too long",
        [FETCH_TOO_LARGE] = "the attachment is too large",
        [FETCH_EMPTY] = "the attachment is empty",
        [FETCH_NOT_TAKEN] = "the server does not take the attachment",
    };

    must((unsigned)problem < sizeof(words) / sizeof(*words));
    return words[problem];
}
