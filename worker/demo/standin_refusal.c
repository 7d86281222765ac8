#include "worker/demo/standin_refusal.h"

#include <string.h>

#include "worker/demo/standin_gojson.h"

struct entry {
    int status;
    const char *id;
    const char *message;
};

static const struct entry entries[] = {
#define REFUSAL_ENTRY(name, status, id, message) { status, id, message },
    REFUSALS(REFUSAL_ENTRY)
#undef REFUSAL_ENTRY
};

static void write_error(struct text *text, const struct entry *entry, const char *request_id)
{
    text_add_char(text, '{');
    gojson_write_member(text, "id", entry->id);
    gojson_write_member(text, "message", entry->message);
    gojson_write_member(text, "detailed_error", "");
    gojson_write_member(text, "request_id", request_id);
    text_add_string(text, ",\"status_code\":");
    text_add_int(text, entry->status);
    text_add_char(text, '}');
}

void refuse_as(struct exchange *exchange, int status, const char *id, const char *message)
{
    const struct entry entry = { status, id, message };

    exchange->status = status;
    text_clear(&exchange->reply);
    write_error(&exchange->reply, &entry, exchange->request_id);
}

void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    enum { MAX_MESSAGE = 300 };
    const struct entry *entry = &entries[refusal];
    AUTO(text_free) struct text message = text_of(MAX_MESSAGE);
    const char *place = strstr(entry->message, "%s");

    if (place) {
        text_add(&message, entry->message, (size_t)(place - entry->message));
        text_add_string(&message, detail);
        text_add_string(&message, place + strlen("%s"));
    } else {
        text_add_string(&message, entry->message);
    }
    refuse_as(exchange, entry->status, entry->id, text_string(&message));
}

void refusal_write(struct text *text, enum refusal refusal, const char *request_id)
{
    write_error(text, &entries[refusal], request_id);
}
