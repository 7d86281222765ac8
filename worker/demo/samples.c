#include "worker/demo/samples.h"

#include <stdio.h>
#include <time.h>

const struct sample_type sample_types[] = {
    { "booking_created", "boekingen" },      { "booking_changed", "boekingen" },
    { "booking_cancelled", "annuleringen" }, { "customer_changed", "receptie" },
    { "payment_received", "betalingen" },    { "remark_added", "receptie" },
};
const size_t sample_type_count = sizeof(sample_types) / sizeof(*sample_types);

static const char *const names[] = { "Familie De Vries",  "Jan Jansen",       "Anouk van Dijk",
                                     "Mr and Mrs Taylor", "Emma O'Connor",    "Bakkerij Smit",
                                     "Lars Müller",       "Sophie Lefèvre",   "Team Noorderlicht",
                                     "Pieter Bakker",     "Charlotte Wright", "Fatima El Idrissi" };

/* What guests write: also what they should not. */
static const char *const remarks[] = {
    "Graag een kinderbedje op de kamer.",
    "Late aankomst, rond 22:30 uur.",
    "We komen met de hond (klein & lief).",
    "Could we have a quiet room, please?",
    "Allergie: noten en schaaldieren!",
    "Arriving by train; is there a shuttle?",
    "Ontbijt om 7:00 graag, vroege vlucht.",
    "@all kunnen jullie mij terugbellen? 06-12345678",
    "# Belangrijk: *kamer aan zeezijde*, zie [de mail](https://example.com)",
};

/* What an event says, by its type. */
struct wording {
    const char *title;
    const char *severity;
};

static const struct wording wordings[] = {
    { "Nieuwe boeking", "info" },           { "Boeking gewijzigd", "info" },
    { "Boeking geannuleerd", "important" }, { "Klantgegevens gewijzigd", "info" },
    { "Betaling ontvangen", "info" },       { "Nieuwe opmerking", "urgent" },
};

static void write_time(wall_ms at, char ret[static 32])
{
    time_t seconds = at / 1000;
    struct tm broken;

    gmtime_r(&seconds, &broken);
    (void)strftime(ret, 32, "%Y-%m-%dT%H:%M:%SZ", &broken);
}

static void add_data(struct text *json, struct random *random, size_t type, const char *label)
{
    const char *name = SAMPLE_PICK(random, names);
    int nights = (int)random_between(random, 1, 7);
    int room = (int)random_between(random, 1, 48);
    char text[256];
    char value[128];

    (void)snprintf(text, sizeof(text), "%s, %d %s, kamer %d\n%s", name, nights,
                   nights == 1 ? "nacht" : "nachten", room, SAMPLE_PICK(random, remarks));
    text_add_string(json, "\"data\":{");
    sample_add_member(json, "type", sample_types[type].name);
    sample_add_member(json, "title", wordings[type].title);
    sample_add_member(json, "text", text);
    sample_add_member(json, "label", label);
    (void)snprintf(value, sizeof(value), "https://zeezicht.i-reserve.nl/admin.php?booking=%s",
                   label + 4);
    sample_add_member(json, "url", value);
    sample_add_member(json, "severity", wordings[type].severity);
    (void)snprintf(value, sizeof(value), "2026-12-%02d", (int)random_between(random, 1, 28));
    text_add_string(json, "\"fields\":[{");
    sample_add_member(json, "title", "Aankomst");
    sample_add_member(json, "value", value);
    text_add_string(json, "\"short\":true},{");
    (void)snprintf(value, sizeof(value), "%d", (int)random_between(random, 1, 6));
    sample_add_member(json, "title", "Personen");
    sample_add_member(json, "value", value);
    text_add_string(json, "\"short\":true}]}}");
}

struct sample sample_make(struct random *random, size_t number, wall_ms now)
{
    struct sample sample = { .kind = SAMPLE_NOTIFICATION };
    size_t type = (size_t)random_between(random, 0, (int64_t)sample_type_count - 1);

    (void)snprintf(sample.key, sizeof(sample.key), "IRES%d",
                   (int)random_between(random, 3600, 3699));
    sample_begin(&sample, "nl.ireserve.notification.v1", number, now);
    add_data(&sample.value, random, type, sample.key);
    return sample;
}

void sample_begin(struct sample *sample, const char *type, size_t number, wall_ms now)
{
    enum { MAX_BYTES = 8192 };
    struct text *json = &sample->value;
    char id[48];
    char time[32];

    (void)snprintf(id, sizeof(id), "demo-%zu", number);
    write_time(now, time);
    *json = text_of(MAX_BYTES);
    text_add_char(json, '{');
    sample_add_member(json, "specversion", "1.0");
    sample_add_member(json, "id", id);
    sample_add_member(json, "source", "https://zeezicht.i-reserve.nl");
    sample_add_member(json, "type", type);
    sample_add_member(json, "time", time);
    sample_add_member(json, "licence", "zeezicht");
    sample_add_member(json, "subject", sample->key);
    sample_add_member(json, "datacontenttype", "application/json");
}

void sample_add_member(struct text *json, const char *name, const char *value)
{
    text_add_json_string(json, name);
    text_add_char(json, ':');
    text_add_json_string(json, value);
    text_add_char(json, ',');
}
