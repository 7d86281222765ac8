/*
 * integration: what one licence wants: which server, which bot, which channel for what.
 *
 * Built by the settings, constant from then on.  The core reads these and never a settings file.
 */
#ifndef WORKER_CORE_INTEGRATION_H
#define WORKER_CORE_INTEGRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "worker/core/words.h"

/* A notification type and where it goes. */
struct channel_mapping {
    const char *type;
    const char *channel; /* an id of 26 characters, or team/channel by name; empty: do not send */
};

struct integration {
    const char *licence;
    bool active;
    const char *server_url; /* no slash at the end; may have a path */
    const char *bot_token;  /* secret */
    uint8_t post_key[32];   /* secret: what makes pending_post_ids unguessable; from the token */
    const char *conversation_channel;       /* where conversations are mirrored; empty: nowhere */
    enum language language;                 /* of what the worker itself says */
    const struct channel_mapping *mappings; /* sorted by type */
    size_t mapping_count;
    const char *const *outgoing_webhook_tokens; /* secret */
    size_t outgoing_webhook_token_count;
};

/* All integrations of a worker, sorted by licence. */
struct integrations {
    const struct integration *list;
    size_t count;
};

/* The integration of a licence; NULL when there is none. */
const struct integration *integration_find(const struct integrations *integrations,
                                           const char *licence) ATTR_MUST_USE;

/* Whether anybody's conversations are mirrored: else their topics need not even be there. */
bool integrations_have_conversations(const struct integrations *integrations);

/* The channel that a notification type is mapped to; NULL when it is not mapped or empty. */
const char *integration_find_channel(const struct integration *integration,
                                     const char *type) ATTR_MUST_USE;

/* Whether a channel is given as an id (26 characters of a–z and 0–9) and not as team/channel. */
bool channel_is_id(const char *channel);

#endif
