// The flow meter as firmware: console, file and exit code by semihosting.

#include "meter.h"
#include "platform.h"
#include "semihost.h"

#define LINE_SIZE 1024u

static int handle;

int main(void);

void platform_write(const char *text)
{
    semihost_write(text);
}

bool platform_open(const char *path)
{
    handle = semihost_open(path);
    return handle >= 0;
}

size_t platform_read(void *into, size_t size)
{
    return semihost_read(handle, into, size);
}

void platform_close(void)
{
    semihost_close(handle);
}

_Noreturn void platform_exit(int code)
{
    semihost_exit(code);
}

// The command line is joined by spaces: what follows the program's name is
// left as it is, since a path may contain them.
static const char *after_word(const char *line)
{
    while (*line != '\0' && *line != ' ') {
        line++;
    }
    return *line == ' ' ? line + 1 : line;
}

static bool begins_with(const char *line, const char *word)
{
    while (*word != '\0' && *line == *word) {
        line++;
        word++;
    }
    return *word == '\0';
}

int main(void)
{
    static char line[LINE_SIZE];
    if (!semihost_command_line(line, sizeof line)) {
        semihost_write("flow-meter: the command line is too long\n");
        return METER_FAILED;
    }
    const char *const arguments = after_word(line);
    if (begins_with(arguments, "frames ")) {
        return meter_run(after_word(arguments), true);
    }
    return meter_run(arguments, false);
}
