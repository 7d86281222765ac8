/*
 * replay: the main() of a fuzz target where there is no libFuzzer: tries each file of a folder.
 *
 *     fuzz_MODULE FOLDER
 */
#include <dirent.h>
#include <stdio.h>

#include "common/mem.h"
#include "common/must.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"

static void try_file(const char *folder, const char *name)
{
    char *path = mem_printf("%s/%s", folder, name);
    struct text content = text_of(16 * 1024 * 1024);
    char block[16 * 1024];
    size_t length;

    FILE *file = fopen(path, "rb");
    must(file);
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        text_add(&content, block, length);
    must(!ferror(file) && !content.overflowed);
    (void)fclose(file);

    uint8_t *exact = mem_copy(text_string(&content), content.length);
    (void)LLVMFuzzerTestOneInput(exact, content.length);
    free(exact);
    text_free(&content);
    free(path);
}

int main(int argc, char **argv)
{
    int count = 0;

    must(argc == 2);
    DIR *folder = opendir(argv[1]);
    must(folder);
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        try_file(argv[1], entry->d_name);
        count++;
    }
    (void)closedir(folder);
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
