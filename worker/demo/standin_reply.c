/* What several routes need for their answers. */
#include <string.h>

#include "worker/demo/standin_away.h"
#include "worker/demo/standin_draft.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"

const char *api_version_name(const struct standin *standin)
{
    return is_old(standin) ? "5.37.0" : "11.2.0";
}

/* Adds an ETag; true: the client has that one, and is told so. */
bool api_is_known(struct exchange *exchange, const char *etag)
{
    const char *known = exchange_header(exchange, "If-None-Match");

    exchange_add_header(exchange, "Etag", "%s", etag);
    if (!known || strcmp(known, etag) != 0)
        return false;
    exchange->status = 304;
    exchange->content_type = NULL;
    return true;
}

void api_add_id(struct text *text, const char *id)
{
    if (text->bytes[text->length - 1] != '[')
        text_add_char(text, ',');
    text_add_char(text, '"');
    text_add_string(text, id);
    text_add_char(text, '"');
}

void api_add_post(struct text *text, const struct model *model, const struct post *post,
                  enum view_of_post occasion)
{
    if (text->bytes[text->length - 1] != '{')
        text_add_char(text, ',');
    text_add_char(text, '"');
    text_add_string(text, post->id);
    text_add_string(text, "\":");
    view_post(text, model, post, occasion);
}

struct post *api_readable_post(const struct standin *standin, struct exchange *exchange,
                               const char *id)
{
    struct post *post = model_find_post(&standin->model, id);

    if (away_refuses(standin, exchange, AWAY_CALL_POST, post ? post->channel->id : ""))
        return NULL;
    if (!post || post->delete_at)
        refuse(exchange, REFUSED_NO_POST, NULL);
    else if (!model_may_read(post->channel, exchange->user))
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    else
        return post;
    return NULL;
}

bool api_wants_deleted(const struct standin *standin, struct exchange *exchange)
{
    const char *wanted = exchange_query(exchange, "include_deleted");

    if (is_old(standin) || !wanted || strcmp(wanted, "true") != 0)
        return false;
    refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    return true;
}

json_t *api_read_json(struct exchange *exchange)
{
    exchange->body_was_read = true;
    return gojson_read(text_string(&exchange->body), exchange->body.length);
}

int api_read_draft(const struct standin *standin, struct exchange *exchange, struct draft *ret)
{
    size_t limit = exchange->body_limit;
    bool cut = !is_old(standin) && exchange->body_bytes > limit;
    size_t length = cut && exchange->body.length > limit ? limit : exchange->body.length;

    exchange->body_was_read = true;
    if (draft_read(text_string(&exchange->body), length, standin->model.version, ret) == 0)
        return 0;
    refuse(exchange, cut ? REFUSED_BODY_TOO_LARGE : REFUSED_BAD_BODY, "post");
    return -1;
}
