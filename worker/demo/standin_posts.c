/* The posts of the model; the rest of it is in standin_model.c. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_model.h"

/* Puts a post at the end of a list of posts that grows. */
static void append(struct post ***list, size_t *count, size_t *capacity, struct post *post)
{
    if (*count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 8;
        *list = mem_resize(*list, *capacity * sizeof(struct post *));
    }
    (*list)[(*count)++] = post;
}

struct post *model_find_post(const struct model *model, const char *id)
{
    return map_find(&model->posts_by_id, id, strlen(id));
}

void model_add_post(struct model *model, struct post *post)
{
    struct channel *channel = post->channel;
    struct post *root = post->root;

    model_new_id(model, post->id);
    post->create_at = model->now;
    post->update_at = model->now;
    append(&model->posts, &model->post_count, &model->post_capacity, post);
    append(&channel->posts, &channel->post_count, &channel->post_capacity, post);
    map_put(&model->posts_by_id, post->id, ID_LENGTH, post);
    channel->last_post_at = model->now;
    channel->last_change_at = model->now;
    if (root) {
        append(&root->replies, &root->reply_count, &root->reply_capacity, post);
        root->live_replies += post->delete_at == 0;
        root->update_at = model->now;
    } else {
        channel->root_count++;
    }
}

void model_touch_post(struct model *model, struct post *post)
{
    post->update_at = model->now;
    post->channel->last_change_at = model->now;
}

static void delete_one(struct model *model, struct post *post)
{
    if (post->delete_at)
        return;
    post->delete_at = model->now;
    model_touch_post(model, post);
}

void model_delete_post(struct model *model, struct post *post)
{
    if (post->root && !post->delete_at) {
        post->root->live_replies--;
        model_touch_post(model, post->root);
    }
    delete_one(model, post);
    for (size_t i = 0; i < post->reply_count; i++)
        delete_one(model, post->replies[i]);
    post->live_replies = 0;
}

void model_free_post(struct post *post)
{
    free(post->replies);
    free(post->message);
    free(post->type);
    free(post->props);
    free(post->priority);
    free(post->pending_post_id);
    free(post);
}
