/* Reading, changing and deleting posts. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_draft.h"
#include "worker/demo/standin_files.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"
#include "worker/demo/standin_refusal.h"
#include "worker/demo/standin_view.h"

void get_post(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    enum { MAX_ETAG = 100 };
    const struct post *post;
    AUTO(text_free) struct text etag = text_of(MAX_ETAG);

    if (api_wants_deleted(standin, exchange))
        return;
    post = api_readable_post(standin, exchange, captures->values[0]);
    if (!post)
        return;
    text_printf(&etag, "%s.%s.%lld", api_version_name(standin), post->id,
                (long long)post->update_at);
    if (api_is_known(exchange, text_string(&etag)))
        return;
    exchange->status = 200;
    /* the older server counts replies in threads only */
    view_post(&exchange->reply, &standin->model, post, is_old(standin) ? VIEW_LISTED : VIEW_READ);
    text_add_char(&exchange->reply, '\n');
}

/* A post that its author may change; NULL: refused. */
static struct post *own_post(struct standin *standin, struct exchange *exchange, const char *id,
                             enum refusal when_gone)
{
    struct post *post = model_find_post(&standin->model, id);

    if (!post || post->delete_at)
        refuse(exchange, when_gone, NULL);
    else if (post->user != exchange->user || !model_find_member(post->channel, exchange->user))
        refuse(exchange, REFUSED_NO_PERMISSION, NULL);
    else
        return post;
    return NULL;
}

static void apply_patch(struct standin *standin, struct post *post, const struct draft *draft,
                        bool has_message)
{
    struct model *model = &standin->model;

    model_keep_row(model, post);
    if (draft->file_ids && files_attach(model, post, draft->file_ids))
        post->edit_at = model->now;
    if (draft->file_ids)
        post->file_ids_lost = false;
    if (has_message && strcmp(post->message, draft->message) != 0) {
        free(post->message);
        post->message = mem_string(draft->message);
        post->edit_at = model->now;
    }
    if (draft->props) {
        free(post->props);
        post->props = draft_props(draft->props, false, model->version);
    }
    if (draft->is_pinned)
        post->is_pinned = json_is_true(draft->is_pinned);
    model_touch_post(model, post);
}

void patch_post(struct standin *standin, struct exchange *exchange, const struct captures *captures)
{
    struct post *post = own_post(standin, exchange, captures->values[0], REFUSED_NO_PERMISSION);
    struct draft draft;

    if (!post)
        return;
    if (post->channel->delete_at) {
        refuse(exchange, REFUSED_PATCH_ARCHIVED, NULL);
        return;
    }
    if (api_read_draft(standin, exchange, &draft) != 0)
        return;
    if (draft_runes(draft.message) > (size_t)standin->config.max_post_size) {
        refuse(exchange, is_old(standin) ? REFUSED_MESSAGE_LENGTH_OLD : REFUSED_MESSAGE_LENGTH,
               NULL);
    } else if (strstr(draft.message, GOJSON_NUL) ||
               (!is_old(standin) && draft_has_nul(draft.props))) {
        refuse(exchange, REFUSED_UPDATE, NULL);
    } else {
        apply_patch(standin, post, &draft, json_object_get(draft.json, "message") != NULL);
        exchange->status = 200;
        view_post(&exchange->reply, &standin->model, post, VIEW_READ);
        text_add_char(&exchange->reply, '\n');
    }
    draft_free(&draft);
}

void delete_post(struct standin *standin, struct exchange *exchange,
                 const struct captures *captures)
{
    struct post *post = own_post(standin, exchange, captures->values[0],
                                 is_old(standin) ? REFUSED_NO_PERMISSION : REFUSED_NO_POST);

    if (!post)
        return;
    if (post->channel->delete_at) {
        refuse(exchange, REFUSED_DELETE_ARCHIVED, NULL);
        return;
    }
    model_delete_post(&standin->model, post, exchange->user);
    exchange->status = 200;
    text_add_string(&exchange->reply, "{\"status\":\"OK\"}");
}
