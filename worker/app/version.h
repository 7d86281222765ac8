/*
 * version: which version of the worker this is.
 */
#ifndef WORKER_APP_VERSION_H
#define WORKER_APP_VERSION_H

extern const char worker_version[];

#endif
