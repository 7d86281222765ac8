/*
 * What the world's server lists of a channel.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/must.h"
#include "tests/model/world.h"
#include "worker/core/routes.h"

static void add_post(const struct world_record *record, const struct delivery *asks, json_t *order,
                     json_t *posts)
{
    int partition = asks->record->partition;
    char id[27];

    (void)snprintf(id, sizeof(id), "%c%025u", 'p' + partition, (unsigned)record->offset);
    json_t *post =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:i, s:{s:{s:o, s:i, s:s}}}", "id", id, "channel_id",
                  "cccccccccccccccccccccccccc", "user_id", WORLD_BOT_ID, "root_id", "", "create_at",
                  (json_int_t)record->posted_at, "delete_at", 0, "props", "ireserve", "event",
                  json_sprintf("urn:x|e-%d-%d", partition, (int)record->offset), "part", 1,
                  "licence", asks->route->integration->licence);
    must(post);
    must(json_array_append_new(order, json_string(id)) == 0);
    must(json_object_set_new(posts, id, post) == 0);
}

char *world_list(const struct world *world, const struct ask *ask)
{
    const struct delivery *delivery = ask->owner;
    int number = delivery->record->partition;
    json_t *order = json_array();
    json_t *posts = json_object();

    for (int i = 0; i < WORLD_RECORDS && !strstr(ask->path, "before="); i++) {
        const struct world_record *record = &world->partitions[number].records[i];
        if (record->is_posted &&
            record->key == (delivery->record->key ? delivery->record->key[0] - 'a' : 0))
            add_post(record, delivery, order, posts);
    }
    json_t *list = json_pack("{s:o, s:o}", "order", order, "posts", posts);
    char *body = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return body;
}
