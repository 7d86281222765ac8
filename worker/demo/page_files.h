/*
 * page_files: the files of the page and the pictures of the chats, which the build puts into the
 * program.
 */
#ifndef WORKER_DEMO_PAGE_FILES_H
#define WORKER_DEMO_PAGE_FILES_H

#include <stddef.h>

struct page_file {
    const char *path;
    const char *content_type;
    const unsigned char *bytes;
    const size_t *size;
};

extern const struct page_file page_files[];
extern const size_t page_file_count;

#endif
