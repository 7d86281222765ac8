/* The control "delete": people who delete posts, and a server that keeps them for a time only. */
#include <string.h>

#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"

/* What is to be deleted. */
struct removal {
    const struct user *by; /* NULL: who wrote it */
    double percent;        /* of the roots */
    bool purges;           /* nothing is left */
};

static void remove_one(struct standin *standin, struct post *post, const struct removal *removal,
                       struct text *ret)
{
    if (removal->purges)
        model_purge_post(&standin->model, post);
    else
        model_delete_post(&standin->model, post, removal->by ? removal->by : post->user);
    api_add_id(ret, post->id);
}

static bool is_hit(struct standin *standin, const struct post *root, const struct removal *removal)
{
    return removal->purges || (!root->delete_at && faults_hit(&standin->faults, removal->percent));
}

/* Deletes roots, with all that is below them. */
static void remove_roots(struct standin *standin, struct channel *channel,
                         const struct removal *removal, struct text *ret)
{
    for (size_t i = 0; i < channel->post_count; i++) {
        struct post *post = channel->posts[i];

        if (post->original)
            post->is_purged = removal->purges;
        else if (!post->root && is_hit(standin, post, removal))
            remove_one(standin, post, removal, ret);
    }
}

int removal_apply(struct standin *standin, const json_t *json, struct text *ret,
                  struct fault *reterr)
{
    const char *user = json_string_value(json_object_get(json, "user"));
    const char *id = json_string_value(json_object_get(json, "post"));
    const char *name = json_string_value(json_object_get(json, "channel"));
    const json_t *percent = json_object_get(json, "roots_percent");
    struct post *post = id ? model_find_post(&standin->model, id) : NULL;
    struct channel *channel = name ? setup_find_channel(&standin->model, name) : NULL;
    const struct removal removal = { .by = user ? model_find_user(&standin->model, user) : NULL,
                                     .percent = percent ? json_number_value(percent) : 100,
                                     .purges = channel && !percent };

    if ((user && !removal.by) || (!channel && (!post || post->delete_at))) {
        fault_set(reterr, "there is nothing like that to delete, or nobody to do it");
        return -1;
    }
    text_add_string(ret, "{\"deleted\":[");
    if (channel)
        remove_roots(standin, channel, &removal, ret);
    else
        remove_one(standin, post, &removal, ret);
    text_add_string(ret, "]}");
    return 0;
}
