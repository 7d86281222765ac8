#include "common/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/must.h"

void *mem_new(size_t size)
{
    return mem_new_array(1, size);
}

void *mem_new_array(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    must(memory);
    return memory;
}

void *mem_resize(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);

    must(memory);
    return memory;
}

void *mem_raw(size_t size)
{
    return mem_resize(NULL, size);
}

void *mem_copy(const void *bytes, size_t size)
{
    void *memory = mem_new(size);

    if (size)
        memcpy(memory, bytes, size);
    return memory;
}

char *mem_string(const char *string)
{
    return string ? mem_string_of(string, strlen(string)) : NULL;
}

char *mem_string_of(const char *bytes, size_t length)
{
    char *string = mem_new(length + 1);

    if (length)
        memcpy(string, bytes, length);
    return string;
}

char *mem_printf(const char *format, ...)
{
    va_list arguments;
    char *string = NULL;

    va_start(arguments, format);
    int length = vasprintf(&string, format, arguments);
    va_end(arguments);
    must(length >= 0);
    return string;
}
