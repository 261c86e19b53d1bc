// The flow meter as a program, for sanitizers and for comparison.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter.h"
#include "platform.h"

static FILE *file;

void platform_write(const char *text)
{
    (void)fputs(text, stdout);
}

bool platform_open(const char *path)
{
    file = fopen(path, "rb");
    return file != NULL;
}

size_t platform_read(void *into, size_t size)
{
    return fread(into, 1, size, file);
}

void platform_close(void)
{
    (void)fclose(file);
}

_Noreturn void platform_exit(int code)
{
    exit(code);
}

int main(int argc, char **argv)
{
    const bool frames = argc > 1 && strcmp(argv[1], "frames") == 0;
    if (argc != (frames ? 3 : 2)) {
        (void)fputs("usage: flow-meter [frames] capture.pcap\n", stderr);
        return METER_FAILED;
    }
    return meter_run(argv[argc - 1], frames);
}
