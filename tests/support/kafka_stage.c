#include "tests/support/kafka_stage.h"

#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/must.h"

enum { MOMENT_MS = 100 };

void kafka_stage_open(struct kafka_stage *stage)
{
    char reason[256];

    stage->host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), reason, sizeof(reason));
    must(stage->host);
    rd_kafka_set_log_level(stage->host, 0);
    stage->cluster = rd_kafka_mock_cluster_new(stage->host, 1);
    must(stage->cluster);
    (void)snprintf(stage->bootstrap_servers, sizeof(stage->bootstrap_servers), "%s",
                   rd_kafka_mock_cluster_bootstraps(stage->cluster));
    stage->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    must(stage->wake_fd >= 0);
}

void kafka_stage_close(struct kafka_stage *stage)
{
    rd_kafka_mock_cluster_destroy(stage->cluster);
    rd_kafka_destroy(stage->host);
    close(stage->wake_fd);
}

void kafka_stage_rest(const struct kafka_stage *stage)
{
    struct pollfd wait = { .fd = stage->wake_fd, .events = POLLIN };
    uint64_t count;

    (void)poll(&wait, 1, MOMENT_MS);
    (void)!read(stage->wake_fd, &count, sizeof(count));
}

static void said(void *context, int level, const char *words)
{
    (void)context;
    (void)level;
    (void)words;
}

const struct kafka_listener kafka_stage_deaf = { .said = said };
