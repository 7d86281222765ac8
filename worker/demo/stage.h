/*
 * stage: the folder of a demo: the worker's settings, its token, its log.
 */
#ifndef WORKER_DEMO_STAGE_H
#define WORKER_DEMO_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/fault.h"

struct stage {
    char folder[64];
    char settings[96]; /* path of the settings file */
    char log[96];      /* path of the worker's log */
    int log_fd;
};

/* A channel of the demo's team. */
struct stage_channel {
    const char *id;
    const char *name;
    const char *words;
};

extern const struct stage_channel stage_channels[];
extern const size_t stage_channel_count;

/* Somebody else who works there. */
#define STAGE_COLLEAGUE "anna"

/* The bot's token on the stand-in. */
#define STAGE_TOKEN "demodemodemodemodemodemode"

/* Makes a temporary folder and its files.  -1: the disk refuses. */
int stage_open(struct stage *stage, const char *bootstrap_servers, uint16_t server_port,
               struct fault *reterr) ATTR_MUST_USE;

/* Removes the folder. */
void stage_close(struct stage *stage);

/* The set-up of the stand-in: a team, a bot and the channels of the samples; to be freed. */
char *stage_setup(void) ATTR_MUST_USE;

#endif
