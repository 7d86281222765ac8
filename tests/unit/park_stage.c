#include "tests/unit/park_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DESK    "cccccccccccccccccccccccccc"
#define KITCHEN "dddddddddddddddddddddddddd"

static const struct channel_mapping mappings[] = { { "booking", DESK }, { "payment", KITCHEN } };
#define LICENCE(name, url)                                                            \
    {                                                                                 \
        .licence = (name), .active = true, .server_url = (url), .mappings = mappings, \
        .mapping_count = 2                                                            \
    }
static const struct integration list[] = { LICENCE("elsewhere", "http://elsewhere.example"),
                                           LICENCE("zeezicht", "http://chat.example") };
static const struct integrations integrations = { list, 2 };
static const struct assigned_partition assigned = { .topic = "in" };

struct stage *park_open(size_t max_records)
{
    const struct dispatch_options extra = { .parking = { max_records, 1 << 20 } };
    struct stage *stage = stage_new_with(&integrations, &assigned, &extra);

    stage->acknowledges = true;
    stage->made_at = stage->now.wall;
    return stage;
}

int park_close(void **state)
{
    stage_free(*state);
    return 0;
}

void park_write_event(int64_t id, const char *licence, const char *type, struct text *ret)
{
    text_printf(ret,
                "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"urn:x\","
                "\"type\":\"nl.ireserve.notification.v1\",\"licence\":\"%s\","
                "\"data\":{\"type\":\"%s\",\"text\":\"Boeking\"}}",
                (int)id, licence, type);
}

void park_read_event(struct stage *stage, int64_t offset, const char *key, const char *licence,
                     const char *type)
{
    AUTO(text_free) struct text value = text_of(1000);

    park_write_event(offset, licence, type, &value);
    stage_read(stage, offset, key, text_string(&value));
}

void park_read_booking(struct stage *stage, int64_t offset, const char *key)
{
    park_read_event(stage, offset, key, "zeezicht", "booking");
}

void park_read_payment(struct stage *stage, int64_t offset, const char *key)
{
    park_read_event(stage, offset, key, "zeezicht", "payment");
}

void park_close_channel(struct stage *stage)
{
    stage_refuse(stage, 0, 403, "api.context.permissions.app_error");
}

int64_t park_offset_on_wire(const struct stage *stage, size_t at)
{
    assert_true(at < stage->ask_count);
    return ((const struct delivery *)stage->asks[at]->owner)->record->offset;
}

const struct stage_write *park_written(const struct stage *stage, const char *key)
{
    const struct stage_write *newest = NULL;

    for (size_t i = 0; i < stage->write_count; i++)
        if (strcmp(stage->writes[i].key, key) == 0)
            newest = &stage->writes[i];
    return newest;
}

bool park_stands(const struct stage *stage, const char *key)
{
    const struct stage_write *write = park_written(stage, key);

    return write && write->value;
}

bool park_is_gone(const struct stage *stage, const char *key)
{
    const struct stage_write *write = park_written(stage, key);

    return write && !write->value;
}

size_t park_count(const struct stage *stage)
{
    return dispatch_count(stage->dispatch).parked;
}
