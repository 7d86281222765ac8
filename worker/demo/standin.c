#include "worker/demo/standin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/must.h"
#include "worker/demo/standin_files.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"

enum {
    MAX_POST_SIZE = 16383,
    MAX_PAYLOAD_BYTES = 300000,
    MAX_FILE_SIZE = 100 * 1024 * 1024,
    MAX_REACTIONS = 50,
};

static const char default_setup[] =
    "{\"bots\":[{\"username\":\"ireserve-bot\"}],"
    "\"people\":[{\"username\":\"beheer\"},{\"username\":\"anna\"},{\"username\":\"bram\"}],"
    "\"teams\":[{\"name\":\"zeezicht\",\"display_name\":\"Hotel Zeezicht\"}],"
    "\"channels\":["
    "{\"name\":\"reserveringen\",\"display_name\":\"Reserveringen\",\"team\":\"zeezicht\","
    "\"members\":[\"beheer\",\"ireserve-bot\",\"anna\",\"bram\"]},"
    "{\"name\":\"annuleringen\",\"display_name\":\"Annuleringen\",\"team\":\"zeezicht\","
    "\"members\":[\"beheer\",\"ireserve-bot\",\"anna\"]},"
    "{\"name\":\"klanten\",\"display_name\":\"Klanten\",\"team\":\"zeezicht\",\"type\":\"P\","
    "\"members\":[\"beheer\",\"ireserve-bot\",\"bram\"]},"
    "{\"name\":\"livechat\",\"display_name\":\"Livechat\",\"team\":\"zeezicht\","
    "\"members\":[\"beheer\",\"ireserve-bot\",\"anna\",\"bram\"]}]}";

void standin_tick(struct standin *standin)
{
    if (standin->clock_stopped)
        return;
    standin->model.now = standin->wall_at_opening + (loop_now(standin->loop) - standin->opened_at);
}

static int set_up(struct standin *standin, const struct standin_options *options,
                  struct fault *reterr)
{
    char made_up[ID_SIZE];

    if (options->setup)
        return standin_command(standin, "setup", options->setup, NULL, reterr);
    if (standin_command(standin, "setup", default_setup, NULL, reterr) != 0)
        return -1;
    model_new_id(&standin->model, made_up);
    model_set_token(&standin->model, options->token ? options->token : made_up,
                    model_find_user(&standin->model, "ireserve-bot"), true);
    return 0;
}

int standin_open(struct loop *loop, const struct standin_options *options, struct standin **ret,
                 struct fault *reterr)
{
    struct standin *standin = mem_new(sizeof(*standin));
    const struct httpd_callbacks api = { api_begun, api_handle, standin };
    const struct httpd_callbacks control = { control_begun, control_handle, standin };

    standin->loop = loop;
    standin->opened_at = loop_now(loop);
    standin->wall_at_opening = clock_wall();
    standin->config = (struct standin_config){ .max_post_size = MAX_POST_SIZE,
                                               .max_payload_bytes = MAX_PAYLOAD_BYTES,
                                               .max_file_size = MAX_FILE_SIZE,
                                               .file_attachments = true,
                                               .max_reactions = MAX_REACTIONS,
                                               .post_priority = true };
    if (options->version == STANDIN_5_37)
        memcpy(standin->config.proxy_header, "X-Forwarded-For", sizeof("X-Forwarded-For"));
    /* ids differ from run to run, so that no test can rely on one */
    model_init(&standin->model, options->version,
               (uint64_t)standin->wall_at_opening << 22 ^ (uint64_t)getpid(),
               standin->wall_at_opening);
    faults_init(&standin->faults, options->seed);
    guard_init(&standin->guard);
    if (set_up(standin, options, reterr) != 0 ||
        httpd_new(loop, options->port, &api, &standin->api, reterr) != 0 ||
        httpd_new(loop, options->control_port, &control, &standin->control, reterr) != 0) {
        standin_close(standin);
        return -1;
    }
    *ret = standin;
    return 0;
}

void standin_close(struct standin *standin)
{
    struct map_entry entry;

    if (!standin)
        return;
    httpd_free(standin->api);
    httpd_free(standin->control);
    for (size_t at = 0; map_next(&standin->counts, &at, &entry);)
        free(entry.value);
    map_free(&standin->counts);
    guard_clear(&standin->guard);
    limiter_clear(&standin->limiter);
    model_free(&standin->model);
    free(standin);
}

uint16_t standin_port(const struct standin *standin)
{
    return httpd_port(standin->api);
}

uint16_t standin_control_port(const struct standin *standin)
{
    return httpd_port(standin->control);
}

static void tell_change(void *context, const struct post *post)
{
    const struct standin *standin = context;
    const struct standin_post seen = standin_post_at(standin, post->n);

    standin->observer.changed(standin->observer.context, &seen);
}

void standin_observe(struct standin *standin, const struct standin_observer *observer)
{
    standin->observer = *observer;
    standin->model.changed = tell_change;
    standin->model.changed_context = standin;
}

struct standin_post standin_post_at(const struct standin *standin, uint64_t n)
{
    must(n < standin->model.post_count);
    const struct post *post = standin->model.posts[n];

    return (struct standin_post){ .n = n,
                                  .id = post->id,
                                  .channel_id = post->channel->id,
                                  .channel_name = post->channel->name,
                                  .root_id = post->root ? post->root->id : "",
                                  .user_id = post->user->id,
                                  .username = post->user->username,
                                  .pending_post_id = post->pending_post_id,
                                  .message = post->message,
                                  .props = post->props,
                                  .create_at = post->create_at,
                                  .edit_at = post->edit_at,
                                  .deleted = post->delete_at != 0,
                                  .file_count = post->file_count,
                                  .row = post };
}

static struct standin_file file_of(const struct file *file)
{
    return (struct standin_file){ .id = file->id,
                                  .name = file->name,
                                  .mime_type = files_mime_type(file->name),
                                  .bytes = file->bytes,
                                  .size = file->size };
}

struct standin_file standin_file_of(const struct standin_post *post, size_t i)
{
    const struct post *row = post->row;

    must(i < row->file_count);
    return file_of(row->files[i]);
}

bool standin_has_reaction(const struct standin_post *post, const char *emoji_name)
{
    const struct post *row = post->row;

    for (size_t i = 0; i < row->reaction_count; i++)
        if (strcmp(row->reactions[i].emoji_name, emoji_name) == 0)
            return true;
    return false;
}

bool standin_find_file(const struct standin *standin, const char *id, struct standin_file *ret)
{
    const struct file *file = map_find(&standin->model.files, id, strlen(id));

    if (file)
        *ret = file_of(file);
    return file;
}
