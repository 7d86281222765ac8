/* The control "delete": people who delete posts, and a server that keeps them for a time only. */
#include <string.h>

#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"

/* What is to be deleted. */
struct removal {
    const struct user *by; /* NULL: who wrote it */
    double percent;        /* of the roots */
    bool purges;           /* nothing is left, of all that there is */
};

static void delete_one(struct standin *standin, struct post *post, const struct removal *removal,
                       struct text *ret)
{
    model_delete_post(&standin->model, post, removal->by ? removal->by : post->user);
    api_add_id(ret, post->id);
}

/* Has nothing left of a post, or of a row that an edit left. */
static void purge(struct standin *standin, struct post *post, struct text *ret)
{
    if (!post->delete_at) {
        model_delete_post(&standin->model, post, post->user);
        api_add_id(ret, post->id);
    }
    post->is_purged = true;
}

/* Deletes roots with all that is below them, or everything. */
static void remove_roots(struct standin *standin, struct channel *channel,
                         const struct removal *removal, struct text *ret)
{
    for (size_t i = 0; i < channel->post_count; i++) {
        struct post *post = channel->posts[i];

        if (removal->purges)
            purge(standin, post, ret);
        else if (!post->root && !post->delete_at && faults_hit(&standin->faults, removal->percent))
            delete_one(standin, post, removal, ret);
    }
}

/* The post that is to be deleted; NULL: it is none, or deleted. */
static struct post *find_post(const struct standin *standin, const json_t *json)
{
    const char *id = json_string_value(json_object_get(json, "post"));
    struct post *post = id ? model_find_post(&standin->model, id) : NULL;

    return post && !post->delete_at ? post : NULL;
}

int removal_apply(struct standin *standin, const json_t *json, struct text *ret,
                  struct fault *reterr)
{
    const char *user = json_string_value(json_object_get(json, "user"));
    const char *name = json_string_value(json_object_get(json, "channel"));
    const json_t *percent = json_object_get(json, "roots_percent");
    struct post *post = find_post(standin, json);
    struct channel *channel = name ? setup_find_channel(&standin->model, name) : NULL;
    const struct removal removal = { .by = user ? model_find_user(&standin->model, user) : NULL,
                                     .percent = json_number_value(percent),
                                     .purges = !percent };

    if ((user && !removal.by) || (!channel && !post)) {
        fault_set(reterr, "there is nothing like that to delete, or nobody to do it");
        return -1;
    }
    text_add_string(ret, "{\"deleted\":[");
    if (channel)
        remove_roots(standin, channel, &removal, ret);
    else
        delete_one(standin, post, &removal, ret);
    text_add_string(ret, "]}");
    return 0;
}
