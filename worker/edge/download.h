/*
 * download: attachments from where an event says they are into Mattermost, on curl and our loop.
 *
 * What comes from the source goes through one buffer of a fixed size into the upload, each side
 * waiting for the other: nothing is kept on disk, and little in memory, however large the file is.
 * Only listed hosts are asked, over https or http; redirects are followed to listed hosts only, and
 * the address that is really connected to has to be public unless its host is listed by name.  A
 * source that fails before anything of it was sent on is asked again, twice.  No credentials,
 * cookies or proxy from the environment; the bot's token goes to its Mattermost server alone.
 */
#ifndef WORKER_EDGE_DOWNLOAD_H
#define WORKER_EDGE_DOWNLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"
#include "common/loop.h"
#include "worker/core/fetch.h"
#include "worker/core/host_list.h"

struct downloads;
struct download;
struct mattermost_bot;

struct downloads_options {
    size_t at_once;                /* each has two connections; those above wait, in order */
    const struct host_list *hosts; /* borrowed */
    int64_t max_bytes;             /* of one attachment */
    mono_ms timeout;               /* of one download, once it is its turn; repeats included */
    mono_ms patience;              /* with a source below 1 KiB a second; in whole seconds */
    mono_ms pause;                 /* after a source failed; after the second time fourfold */
};

/* Makes what carries the attachments.  -1: curl cannot be initialised. */
int downloads_new(struct loop *loop, const struct downloads_options *options,
                  struct downloads **ret, struct fault *reterr) ATTR_MUST_USE;

/* Ends it; no download is open any more.  NULL is fine. */
void downloads_free(struct downloads *downloads);

/*
 * Starts a download whose file a bot uploads; bot and `fetch` are borrowed until `done` was called,
 * once, from loop_turn().  What the result points to lives during `done` only.
 */
struct download *download_start(struct downloads *downloads, const struct mattermost_bot *bot,
                                const struct fetch *fetch,
                                void (*done)(void *context, const struct fetch_result *result),
                                void *context) ATTR_MUST_USE;

/* Ends a download that was not reported yet; it is not reported any more. */
void download_cancel(struct download *download);

#endif
