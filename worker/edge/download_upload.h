/*
 * download_upload: what comes out of a pipe, posted to Mattermost as a file.
 */
#ifndef WORKER_EDGE_DOWNLOAD_UPLOAD_H
#define WORKER_EDGE_DOWNLOAD_UPLOAD_H

#include <curl/curl.h>
#include <stdint.h>

#include "common/units.h"
#include "worker/core/fetch.h"
#include "worker/edge/download_pipe.h"
#include "worker/edge/mattermost.h"
#include "worker/edge/mattermost_exchange.h"

struct download_upload {
    struct exchange exchange;
    struct download_pipe *pipe;
    struct curl_slist headers[3];
    mono_ms began;
};

/* Sets an upload up; it does not move until it is closed.  Borrows the pipe. */
void download_upload_open(struct download_upload *upload, struct download_pipe *pipe);

void download_upload_close(struct download_upload *upload);

/* The upload of a handle. */
struct download_upload *download_upload_of(CURL *easy);

/* Aims at where a bot's files for a channel go; of `length` bytes, -1: it will turn out. */
void download_upload_aim(struct download_upload *upload, const struct mattermost_bot *bot,
                         const struct fetch *fetch, int64_t length);

/* Says how the upload ended; borrows its memory. */
struct fetch_result download_upload_end(const struct download_upload *upload, CURLcode result,
                                        mono_ms now);

#endif
