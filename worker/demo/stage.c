#include "worker/demo/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/text.h"
#include "worker/demo/samples.h"

const struct stage_channel stage_channels[] = {
    { "boekingenboekingenboekinge", "boekingen", "Boekingen" },
    { "annuleringenannuleringenan", "annuleringen", "Annuleringen" },
    { "receptiereceptiereceptiere", "receptie", "Receptie" },
    { "betalingenbetalingenbetali", "betalingen", "Betalingen" },
    { "webchatwebchatwebchatwebch", "webchat", "Web-chat" },
};
const size_t stage_channel_count = sizeof(stage_channels) / sizeof(*stage_channels);

static int write_file(const char *path, const char *content, struct fault *reterr)
{
    FILE *file = fopen(path, "we");

    if (!file || fputs(content, file) < 0) {
        fault_set(reterr, "cannot write %s: %s", path, strerror(errno));
        if (file)
            fclose(file);
        return -1;
    }
    if (fclose(file) != 0) {
        fault_set(reterr, "cannot write %s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

/* The limits are short, so that one sees troubles end while one looks. */
static void write_settings(struct text *text, const char *bootstrap_servers, uint16_t port,
                           const char *token_path)
{
    text_printf(text,
                "kafka = {\n"
                "  bootstrap_servers = \"%s\";\n"
                "  properties = [ \"session.timeout.ms=6000\", \"heartbeat.interval.ms=1000\",\n"
                "                 \"max.poll.interval.ms=20000\", \"fetch.wait.max.ms=10\" ];\n"
                "};\n"
                "delivery = { attempt_timeout_ms = 3000;  retry_first_ms = 200;\n"
                "             retry_max_ms = 2000;  drain_ms = 10000; };\n"
                "attachments = { hosts = [ \"127.0.0.1\" ]; };\n"
                "management = { address = \"127.0.0.1:0\"; };\n"
                "log = { format = \"json\"; };\n"
                "integrations = (\n"
                "  { licence = \"zeezicht\";  active = true;\n"
                "    server_url = \"http://127.0.0.1:%d\";\n"
                "    bot_token_file = \"%s\";\n"
                "    conversation_channel = \"zeezicht/webchat\";\n"
                "    notification_channels = {\n",
                bootstrap_servers, (int)port, token_path);
    for (size_t i = 0; i < sample_type_count; i++)
        text_printf(text, "      %s = \"zeezicht/%s\";\n", sample_types[i].name,
                    sample_types[i].channel);
    text_add_string(text, "    };\n  }\n);\n");
}

int stage_open(struct stage *stage, const char *bootstrap_servers, uint16_t server_port,
               struct fault *reterr)
{
    AUTO(text_free) struct text settings = text_of(16 * 1024);
    char token[96];

    (void)snprintf(stage->folder, sizeof(stage->folder), "/tmp/ireserve-mattermost-demo-XXXXXX");
    if (!mkdtemp(stage->folder)) {
        fault_set(reterr, "cannot make a temporary folder: %s", strerror(errno));
        return -1;
    }
    (void)snprintf(token, sizeof(token), "%s/bot-token", stage->folder);
    (void)snprintf(stage->settings, sizeof(stage->settings), "%s/worker.conf", stage->folder);
    (void)snprintf(stage->log, sizeof(stage->log), "%s/worker.log", stage->folder);
    write_settings(&settings, bootstrap_servers, server_port, token);
    if (write_file(token, STAGE_TOKEN, reterr) != 0 ||
        write_file(stage->settings, text_string(&settings), reterr) != 0)
        return -1;
    stage->log_fd = open(stage->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (stage->log_fd < 0) {
        fault_set(reterr, "cannot write %s: %s", stage->log, strerror(errno));
        return -1;
    }
    return 0;
}

void stage_close(struct stage *stage)
{
    char token[96];

    if (stage->log_fd > 0)
        close(stage->log_fd);
    (void)snprintf(token, sizeof(token), "%s/bot-token", stage->folder);
    (void)unlink(token);
    (void)unlink(stage->settings);
    (void)unlink(stage->log);
    (void)rmdir(stage->folder);
}

char *stage_setup(void)
{
    struct text json = text_of(16 * 1024);

    text_add_string(&json, "{\"bots\":[{\"username\":\"ireserve-bot\",\"token\":\"" STAGE_TOKEN
                           "\"}],\"people\":[{\"username\":\"" STAGE_COLLEAGUE
                           "\"}],\"teams\":[{\"name\":\"zeezicht\",\"display_name\":"
                           "\"Strandhotel Zeezicht\"}],\"channels\":[");
    for (size_t i = 0; i < stage_channel_count; i++)
        text_printf(
            &json,
            "%s{\"id\":\"%s\",\"name\":\"%s\",\"display_name\":\"%s\",\"team\":\"zeezicht\","
            "\"type\":\"O\",\"members\":[\"ireserve-bot\"]}",
            i ? "," : "", stage_channels[i].id, stage_channels[i].name, stage_channels[i].words);
    text_add_string(&json, "]}");
    return text_take(&json);
}
