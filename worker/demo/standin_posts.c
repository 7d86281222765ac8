/* The posts of the model; the rest of it is in standin_model.c. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_files.h"
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
    struct post *post = map_find(&model->posts_by_id, id, strlen(id));

    return post && !post->is_purged ? post : NULL;
}

void model_add_post(struct model *model, struct post *post)
{
    struct channel *channel = post->channel;
    struct post *root = post->root;

    model_new_id(model, post->id);
    post->create_at = model->now;
    post->update_at = model->now;
    post->n = model->post_count;
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
    if (model->changed && !post->original)
        model->changed(model->changed_context, post);
}

/* Puts a row behind its post in the list of the channel. */
static void insert_behind(struct channel *channel, const struct post *post, struct post *row)
{
    size_t at = channel->post_count;

    append(&channel->posts, &channel->post_count, &channel->post_capacity, row);
    channel->row_count++;
    while (channel->posts[at - 1] != post) {
        channel->posts[at] = channel->posts[at - 1];
        at--;
    }
    channel->posts[at] = row;
}

void model_keep_row(struct model *model, struct post *post)
{
    struct post *row = mem_new(sizeof(*row));

    *row = (struct post){ .original = post,
                          .row = post->row,
                          .user = post->user,
                          .channel = post->channel,
                          .root = post->root,
                          .create_at = post->create_at,
                          .update_at = model->now,
                          .edit_at = post->edit_at,
                          .delete_at = model->now,
                          .message = mem_string(post->message),
                          .type = mem_string(post->type),
                          .props = mem_string(post->props),
                          .pending_post_id = mem_string("") };
    model_new_id(model, row->id);
    map_put(&model->posts_by_id, row->id, ID_LENGTH, row);
    insert_behind(post->channel, post, row);
    post->row = row;
}

/* Notes in the props who deleted a post, or deleted it once more. */
static void sign(struct post *post, const struct user *by)
{
    static const char signature[] = "{\"deleteBy\":\"";
    const char *rest = post->props + 1;

    if (strncmp(post->props, signature, strlen(signature)) == 0)
        rest = post->props + strlen(signature) + ID_LENGTH + 1;
    rest += *rest == ',';
    char *props = mem_printf("%s%s\"%s%s", signature, by->id, *rest == '}' ? "" : ",", rest);
    free(post->props);
    post->props = props;
}

static void delete_one(struct model *model, struct post *post, const struct user *by)
{
    post->delete_at = model->now;
    sign(post, by);
    files_delete(model, post);
    model_touch_post(model, post);
}

/*
 * Deletes a reply with its root, and the rows of its edits, too, which are replies to the server;
 * the older one gives them the props of the root.
 */
static void delete_reply(struct model *model, struct post *reply, const struct user *by)
{
    for (struct post *each = reply; each; each = each->row) {
        if (model->version == STANDIN_5_37) {
            free(each->props);
            each->props = mem_string(reply->root->props);
        }
        delete_one(model, each, by);
    }
}

void model_delete_post(struct model *model, struct post *post, const struct user *by)
{
    if (post->root && !post->delete_at) {
        post->root->live_replies--;
        model_touch_post(model, post->root);
    }
    delete_one(model, post, by);
    for (size_t i = 0; i < post->reply_count; i++)
        delete_reply(model, post->replies[i], by);
    post->live_replies = 0;
}

void model_free_post(struct post *post)
{
    for (size_t i = 0; i < post->reaction_count; i++)
        free(post->reactions[i].emoji_name);
    free(post->reactions);
    free(post->files);
    free(post->replies);
    free(post->message);
    free(post->type);
    free(post->props);
    free(post->priority);
    free(post->pending_post_id);
    free(post);
}
