/*
 * show_post: the body of a request to post, for people.
 */
#ifndef WORKER_CMD_SHOW_POST_H
#define WORKER_CMD_SHOW_POST_H

#include "common/text.h"

/* Adds channel, thread, priority, message, attachments and files of a body that was rendered. */
void show_post(const struct text *body, struct text *ret);

#endif
