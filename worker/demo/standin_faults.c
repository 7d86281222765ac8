#include "worker/demo/standin_faults.h"

#include <string.h>

#include "worker/demo/standin_gojson.h"

enum kind { FLAG, NUMBER, PERCENT, ANSWERS, ACCEPT_THEN, AWAY, SEED };

struct field {
    const char *name;
    size_t offset;
    enum kind kind;
    bool resting; /* of a flag: its value when nothing is wrong */
};

#define FIELD(name, kind)                                 \
    {                                                     \
#name, offsetof(struct faults, name), kind, false \
    }

static const struct field fields[] = {
    FIELD(refuse, FLAG),
    FIELD(answers, ANSWERS),
    FIELD(latency_ms, NUMBER),
    FIELD(save_after_ms, NUMBER),
    FIELD(cut_before_percent, PERCENT),
    FIELD(cut_after_accept_percent, PERCENT),
    FIELD(accept_then_status, ACCEPT_THEN),
    FIELD(hang_percent, PERCENT),
    FIELD(close_idle_ms, NUMBER),
    { "dedup_guard", offsetof(struct faults, dedup_guard), FLAG, true },
    FIELD(bad_token, FLAG),
    FIELD(database_away, AWAY),
    FIELD(drip_ms, NUMBER),
    FIELD(endless_body, FLAG),
    FIELD(bad_json_percent, PERCENT),
    FIELD(redirect, FLAG),
    FIELD(seed, SEED),
};

enum { FIELD_COUNT = sizeof(fields) / sizeof(fields[0]) };

void faults_init(struct faults *faults, uint64_t seed)
{
    *faults = (struct faults){ .random = random_of(seed),
                               .seed = (int64_t)(seed & INT64_MAX),
                               .dedup_guard = true };
}

static void copy_string(const json_t *json, const char *name, size_t size, char *ret)
{
    const char *string = json_string_value(json_object_get(json, name));

    ret[0] = '\0';
    if (string && strlen(string) < size)
        memcpy(ret, string, strlen(string) + 1);
}

static int64_t number_or(const json_t *json, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(json, name);

    return json_is_number(value) ? (int64_t)json_number_value(value) : otherwise;
}

static int set_answers(struct faults *faults, const json_t *list)
{
    if (!json_is_array(list) && !json_is_null(list))
        return -1;
    if (json_array_size(list) > FAULTS_MAX_ANSWERS)
        return -1;
    faults->answer_count = json_array_size(list);
    for (size_t i = 0; i < faults->answer_count; i++) {
        const json_t *json = json_array_get(list, i);
        const json_t *percent = json_object_get(json, "percent");
        struct faults_answer *answer = &faults->answers[i];

        *answer = (struct faults_answer){
            .status = number_or(json, "status", 0),
            .percent = json_is_number(percent) ? json_number_value(percent) : 100,
            .times = number_or(json, "times", -1),
            .retry_after = number_or(json, "retry_after", -1),
            .json = json_is_true(json_object_get(json, "json")),
        };
        copy_string(json, "id", sizeof(answer->id), answer->id);
        copy_string(json, "method", sizeof(answer->method), answer->method);
        copy_string(json, "path", sizeof(answer->path), answer->path);
        copy_string(json, "contains", sizeof(answer->contains), answer->contains);
        if (answer->status < 200 || answer->status > 599)
            return -1;
    }
    return 0;
}

static int set_accept_then(struct faults *faults, const json_t *json)
{
    const json_t *percent = json_object_get(json, "percent");

    faults->accept_then_status = number_or(json, "status", 0);
    faults->accept_then_percent = json_is_number(percent) ? json_number_value(percent) : 100;
    if (json_is_null(json))
        faults->accept_then_percent = 0;
    return json_is_null(json) || faults->accept_then_status >= 200 ? 0 : -1;
}

/* What can be away, by name; the whole database is also just `true`. */
static const char *const away_names[] = {
    [AWAY_NOTHING] = "nothing",        [AWAY_DATABASE] = "database", [AWAY_POSTS] = "posts",
    [AWAY_CHANNELS] = "channels",      [AWAY_USERS] = "users",       [AWAY_TEAMS] = "teams",
    [AWAY_MEMBERS] = "channelmembers", [AWAY_TOKENS] = "tokens",     [AWAY_SESSIONS] = "sessions",
};

static int set_away(struct faults *faults, const json_t *json)
{
    const char *name = json_string_value(json);

    faults->database_away = json_is_true(json) ? AWAY_DATABASE : AWAY_NOTHING;
    if (!name)
        return json_is_null(json) || json_is_boolean(json) ? 0 : -1;
    for (size_t i = 0; i < sizeof(away_names) / sizeof(away_names[0]); i++) {
        if (strcmp(away_names[i], name) == 0) {
            faults->database_away = (enum faults_away)i;
            return 0;
        }
    }
    return -1;
}

static int set_field(struct faults *faults, const struct field *field, const json_t *json)
{
    void *place = (char *)faults + field->offset;
    bool off = json_is_null(json);

    switch (field->kind) {
    case FLAG:
        *(bool *)place = off ? field->resting : json_is_true(json);
        return off || json_is_boolean(json) ? 0 : -1;
    case NUMBER:
        *(int64_t *)place = (int64_t)json_number_value(json);
        return off || json_is_number(json) ? 0 : -1;
    case PERCENT:
        *(double *)place = json_number_value(json);
        return off || json_is_number(json) ? 0 : -1;
    case SEED:
        faults->seed = (int64_t)json_number_value(json);
        faults->random = random_of((uint64_t)faults->seed);
        return json_is_number(json) ? 0 : -1;
    case ACCEPT_THEN:
        return set_accept_then(faults, json);
    case AWAY:
        return set_away(faults, json);
    case ANSWERS:
        break;
    }
    return set_answers(faults, json);
}

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

int faults_set(struct faults *faults, const json_t *json, struct fault *reterr)
{
    struct faults changed = *faults;
    const char *name;
    json_t *value;

    json_object_foreach (gojson_iterable(json), name, value) {
        const struct field *field = find_field(name);

        if (!field || set_field(&changed, field, value) != 0) {
            fault_set(reterr, "the switchboard has no %s like that", name);
            return -1;
        }
    }
    *faults = changed;
    return 0;
}

static void write_answers(const struct faults *faults, struct text *text)
{
    text_add_char(text, '[');
    for (size_t i = 0; i < faults->answer_count; i++) {
        const struct faults_answer *answer = &faults->answers[i];
        text_printf(text, "%s{\"status\":%d,\"percent\":%g,\"times\":%d}", i ? "," : "",
                    (int)answer->status, answer->percent, (int)answer->times);
    }
    text_add_char(text, ']');
}

void faults_write(const struct faults *faults, struct text *text)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const void *place = (const char *)faults + fields[i].offset;

        text_printf(text, "%s\"%s\":", i ? "," : "{", fields[i].name);
        switch (fields[i].kind) {
        case FLAG:
            text_add_string(text, *(const bool *)place ? "true" : "false");
            break;
        case PERCENT:
            text_printf(text, "%g", *(const double *)place);
            break;
        case ACCEPT_THEN:
            text_printf(text, "{\"status\":%d,\"percent\":%g}", (int)faults->accept_then_status,
                        faults->accept_then_percent);
            break;
        case AWAY:
            text_printf(text, "\"%s\"", away_names[faults->database_away]);
            break;
        case ANSWERS:
            write_answers(faults, text);
            break;
        case NUMBER:
        case SEED:
            text_add_int(text, *(const int64_t *)place);
            break;
        }
    }
    text_add_char(text, '}');
}

bool faults_hit(struct faults *faults, double percent)
{
    enum { STEPS = 1000000 };

    if (percent <= 0)
        return false;
    return (double)random_between(&faults->random, 0, STEPS - 1) < percent / 100 * STEPS;
}

/* Whether an answer is for a request. */
static bool is_for(const struct faults_answer *answer, const char *method, const char *path,
                   const char *body)
{
    return answer->times != 0 && (!*answer->method || strcmp(answer->method, method) == 0) &&
           strncmp(path, answer->path, strlen(answer->path)) == 0 && strstr(body, answer->contains);
}

const struct faults_answer *faults_answer_to(struct faults *faults, const char *method,
                                             const char *path, const char *body)
{
    for (size_t i = 0; i < faults->answer_count; i++) {
        struct faults_answer *answer = &faults->answers[i];

        if (!is_for(answer, method, path, body) || !faults_hit(faults, answer->percent))
            continue;
        if (answer->times > 0)
            answer->times--;
        return answer;
    }
    return NULL;
}
