/*
 * What the page is told of the demo.
 */
#include "worker/demo/demo_inner.h"

static void add_channels(const struct demo *demo, struct text *json)
{
    for (size_t i = 0; i < stage_channel_count; i++) {
        bool closed = i == 0 && demo->troubles.on[TROUBLE_REMOVE_BOT];
        text_printf(json, "%s{\"id\":\"%s\",\"display_name\":\"%s\",\"open\":%s}", i ? "," : "",
                    stage_channels[i].id, stage_channels[i].words, closed ? "false" : "true");
    }
}

static void add_tally(const struct demo *demo, struct text *json)
{
    const struct tally *tally = &demo->tally;
    size_t open = tally->produced - tally->posted;

    text_printf(json,
                "{\"produced\":%zu,\"posted\":%zu,\"waiting\":%zu,\"lost\":%zu,\"twice\":%zu,"
                "\"disorder\":%zu,\"extra_roots\":%zu}",
                tally->produced, tally->posted, demo->progress == ENDING ? 0 : open,
                demo->progress == ENDING ? open : 0, tally->twice, tally->disorder,
                tally->extra_roots);
}

void demo_write_state(void *context, uint64_t from, struct text *ret)
{
    const struct demo *demo = context;

    text_add_string(ret, "{\"channels\":[");
    add_channels(demo, ret);
    text_add_string(ret, "],");
    feed_write(&demo->feed, demo->standin, from, ret);
    text_add_string(ret, ",\"tally\":");
    add_tally(demo, ret);
    text_add_string(ret, ",\"troubles\":");
    troubles_write(&demo->troubles, ret);
    text_printf(ret, ",\"worker\":{\"running\":%s,\"pid\":%d,\"starts\":%d}}",
                demo->child.pid ? "true" : "false", (int)demo->child.pid, demo->child.starts);
}
