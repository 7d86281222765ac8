/* The controls: by name for who is in the same process, by path for who is not. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "worker/demo/standin_gojson.h"
#include "worker/demo/standin_inner.h"

typedef int control(struct standin *standin, const json_t *json, struct text *ret,
                    struct fault *reterr);

static const char *string_of(const json_t *json, const char *name)
{
    const char *string = json_string_value(json_object_get(json, name));

    return string ? string : "";
}

static int missing(struct fault *reterr, const char *what, const char *name)
{
    fault_set(reterr, "there is no %s \"%s\"", what, name);
    return -1;
}

static int set_members(struct standin *standin, const json_t *json, struct text *ret,
                       struct fault *reterr)
{
    struct model *model = &standin->model;
    struct user *user = model_find_user(model, string_of(json, "user"));
    struct team *team = model_find_team(model, string_of(json, "team"));
    struct channel *channel = setup_find_channel(model, string_of(json, "channel"));
    bool in = json_is_true(json_object_get(json, "in"));

    if (!user)
        return missing(reterr, "account", string_of(json, "user"));
    if (team)
        model_set_team_member(model, team, user, in);
    else if (channel)
        model_set_member(model, channel, user, in);
    else
        return missing(reterr, "channel", string_of(json, "channel"));
    text_add_string(ret, "{}");
    return 0;
}

static int archive(struct standin *standin, const json_t *json, struct text *ret,
                   struct fault *reterr)
{
    struct model *model = &standin->model;
    struct team *team = model_find_team(model, string_of(json, "team"));
    struct channel *channel = setup_find_channel(model, string_of(json, "channel"));
    bool archived = json_is_true(json_object_get(json, "archived"));

    if (team)
        team->delete_at = archived ? model->now : 0;
    else if (channel)
        model_archive(model, channel, archived);
    else
        return missing(reterr, "channel", string_of(json, "channel"));
    text_add_string(ret, "{}");
    return 0;
}

static int set_users(struct standin *standin, const json_t *json, struct text *ret,
                     struct fault *reterr)
{
    struct user *user = model_find_user(&standin->model, string_of(json, "user"));

    if (!user)
        return missing(reterr, "account", string_of(json, "user"));
    user->active = json_is_true(json_object_get(json, "active"));
    user->update_at = standin->model.now;
    text_add_string(ret, "{}");
    return 0;
}

static int set_tokens(struct standin *standin, const json_t *json, struct text *ret,
                      struct fault *reterr)
{
    const char *name = string_of(json, "token");
    struct token *token = map_find(&standin->model.tokens, name, strlen(name));

    if (!token)
        return missing(reterr, "token", "of that name");
    token->active = json_is_true(json_object_get(json, "active"));
    text_add_string(ret, "{}");
    return 0;
}

static int move_clock(struct standin *standin, const json_t *json, struct text *ret,
                      struct fault *reterr)
{
    wall_ms step = (wall_ms)json_number_value(json_object_get(json, "advance_ms"));
    const json_t *stopped = json_object_get(json, "stopped");

    (void)reterr;
    if (stopped)
        standin->clock_stopped = json_is_true(stopped);
    standin->wall_at_opening += step;
    standin->model.now += step;
    standin_tick(standin);
    text_printf(ret, "{\"now\":%lld}", (long long)standin->model.now);
    return 0;
}

static int forget(struct standin *standin, const json_t *json, struct text *ret,
                  struct fault *reterr)
{
    struct map_entry entry;

    (void)json;
    (void)reterr;
    for (size_t at = 0; map_next(&standin->model.tokens, &at, &entry);)
        ((struct token *)entry.value)->cached = false;
    guard_clear(&standin->guard);
    guard_init(&standin->guard);
    text_add_string(ret, "{}");
    return 0;
}

static int set_faults(struct standin *standin, const json_t *json, struct text *ret,
                      struct fault *reterr)
{
    if (faults_set(&standin->faults, json, reterr) != 0)
        return -1;
    httpd_set_idle_limit(standin->api, standin->faults.close_idle_ms);
    if (httpd_set_listening(standin->api, !standin->faults.refuse, reterr) != 0)
        return -1;
    faults_write(&standin->faults, ret);
    return 0;
}

static int show_state(struct standin *standin, const json_t *json, struct text *ret,
                      struct fault *reterr)
{
    struct map_entry entry;

    (void)json;
    (void)reterr;
    text_printf(ret, "{\"posts\":%zu,\"connections\":%zu,\"requests\":{", standin->model.post_count,
                httpd_connection_count(standin->api));
    for (size_t at = 0; map_next(&standin->counts, &at, &entry);) {
        text_add_string(ret, ret->bytes[ret->length - 1] == '{' ? "\"" : ",\"");
        text_printf(ret, "%s\":%llu", entry.key, *(const unsigned long long *)entry.value);
    }
    text_add_string(ret, "},\"faults\":");
    faults_write(&standin->faults, ret);
    text_add_char(ret, '}');
    return 0;
}

static const struct {
    const char *name;
    control *run;
} controls[] = {
    { "setup", setup_apply },    { "faults", set_faults }, { "members", set_members },
    { "archive", archive },      { "users", set_users },   { "tokens", set_tokens },
    { "clock", move_clock },     { "restart", forget },    { "state", show_state },
    { "delete", removal_apply },
};

int standin_command(struct standin *standin, const char *name, const char *json, struct text *ret,
                    struct fault *reterr)
{
    enum { MAX_ANSWER = 1024 * 1024 };
    AUTO(text_free) struct text unwanted = text_of(MAX_ANSWER);
    json_t *body = json && *json ? gojson_read(json, strlen(json)) : json_object();
    int result = -1;

    standin_tick(standin);
    fault_set(reterr, "there is no control \"%s\"", name);
    if (!json_is_object(body))
        fault_set(reterr, "the body of \"%s\" is not a JSON object", name);
    for (size_t i = 0; json_is_object(body) && i < sizeof(controls) / sizeof(controls[0]); i++)
        if (strcmp(controls[i].name, name) == 0)
            result = controls[i].run(standin, body, ret ? ret : &unwanted, reterr);
    json_decref(body);
    return result;
}

void control_begun(void *context, struct exchange *exchange)
{
    (void)context;
    (void)exchange;
}

void control_handle(void *context, struct exchange *exchange)
{
    static const char prefix[] = "/_standin/";
    struct standin *standin = context;
    struct fault fault;

    exchange->content_type = "application/json";
    if (strncmp(exchange->path, prefix, strlen(prefix)) != 0) {
        exchange->status = 404;
        return;
    }
    const char *name = exchange->path + strlen(prefix);
    if (journal_answers(standin, exchange, name))
        return;
    exchange->status = 200;
    if (standin_command(standin, name, text_string(&exchange->body), &exchange->reply, &fault) == 0)
        return;
    text_clear(&exchange->reply);
    exchange->status = 400;
    text_add_char(&exchange->reply, '{');
    gojson_write_member(&exchange->reply, "error", fault.words);
    text_add_char(&exchange->reply, '}');
}
