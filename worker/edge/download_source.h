/*
 * download_source: the request for an attachment, and where it may lead.
 *
 * One libcurl handle, used for one hop after the other: a URL is aimed at, its answer's bytes go
 * into a pipe, and its end says whether that was all, whether another hop follows, or what is
 * wrong.
 */
#ifndef WORKER_EDGE_DOWNLOAD_SOURCE_H
#define WORKER_EDGE_DOWNLOAD_SOURCE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "worker/core/fetch.h"
#include "worker/core/host_list.h"
#include "worker/edge/download.h"
#include "worker/edge/download_pipe.h"

struct download_source {
    CURL *easy;
    CURLU *url; /* of the hop */
    const struct downloads_options *options;
    struct download_pipe *pipe;
    int hops; /* redirects that were followed */
    enum host_listing listing;
    bool connected; /* to an address that is allowed */
    bool forbidden; /* was to be connected to one that is not */
    size_t head_bytes;
    bool head_ended; /* of an answer that brings the file */
    struct text location;
    int64_t received;
    bool too_large;
};

enum download_source_end_kind {
    SOURCE_WHOLE,  /* all of the file went into the pipe */
    SOURCE_MOVED,  /* it is aimed at the next hop */
    SOURCE_FAILED, /* `problem` says why */
};

struct download_source_end {
    enum download_source_end_kind kind;
    enum fetch_problem problem;
    bool may_pass; /* the same request may go well another time */
};

/* Sets a source up; it does not move until it is closed.  Borrows options and pipe. */
void download_source_open(struct download_source *source, const struct downloads_options *options,
                          struct download_pipe *pipe);

void download_source_close(struct download_source *source);

/* The source of a handle. */
struct download_source *download_source_of(CURL *easy);

/* Aims at where the attachment is said to be; NULL is nowhere.  Not FETCH_NONE: it must not go. */
enum fetch_problem download_source_aim(struct download_source *source, const char *url);

/* How many bytes the file will have, as its answer says; -1: it does not. */
int64_t download_source_length(const struct download_source *source);

/* Says what the end of the hop's transfer means. */
struct download_source_end download_source_end(struct download_source *source, CURLcode result);

#endif
