/*
 * standin_view: things of the model as JSON, with the members and the order that were recorded.
 */
#ifndef WORKER_DEMO_STANDIN_VIEW_H
#define WORKER_DEMO_STANDIN_VIEW_H

#include "common/text.h"
#include "worker/demo/standin_model.h"

/* On which occasion a post is shown. */
enum view_of_post {
    VIEW_CREATED,  /* just now */
    VIEW_REPEATED, /* in answer to a repeat: the bare row */
    VIEW_READ,     /* by itself or in its thread */
    VIEW_LISTED,   /* in a plain listing of its channel, where replies are not counted */
};

void view_post(struct text *text, const struct model *model, const struct post *post,
               enum view_of_post occasion);
void view_reaction(struct text *text, const struct model *model, const struct post *post,
                   const struct reaction *reaction);
void view_reactions(struct text *text, const struct model *model, const struct post *post);
void view_user(struct text *text, const struct model *model, const struct user *user);
void view_team(struct text *text, const struct model *model, const struct team *team);
void view_channel(struct text *text, const struct model *model, const struct channel *channel);
void view_member(struct text *text, const struct model *model, const struct channel *channel,
                 const struct member *member);

#endif
