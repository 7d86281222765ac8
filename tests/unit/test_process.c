#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/process.h"

static void the_kernel_tells_about_this_process(void **state)
{
    (void)state;
    struct process process = process_read();
    double now = (double)clock_wall() / 1000;

    assert_true(process.resident_bytes > 100e3);
    assert_true(process.virtual_bytes > process.resident_bytes);
    assert_true(process.max_fds >= process.open_fds);
    /* boot times are whole seconds */
    assert_true(process.start_time_seconds <= now + 1.5);
    assert_true(process.start_time_seconds > now - 3600);
}

static void an_opened_descriptor_is_counted(void **state)
{
    (void)state;
    double before = process_read().open_fds;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(process_read().open_fds == before + 1);
    close(fd);
    assert_true(process_read().open_fds == before);
}

static void time_on_the_processor_is_counted(void **state)
{
    (void)state;
    double begin = process_read().cpu_seconds;

    while (process_read().cpu_seconds < begin + 0.05)
        continue;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_tells_about_this_process),
        cmocka_unit_test(an_opened_descriptor_is_counted),
        cmocka_unit_test(time_on_the_processor_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
